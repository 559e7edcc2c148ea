export default function OnCallTab() { return null; }
