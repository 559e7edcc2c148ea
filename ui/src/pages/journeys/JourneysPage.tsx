// Can a customer finish?
export default function JourneysPage() { return null; }
