export default function RoutingTab() { return null; }
