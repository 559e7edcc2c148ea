// placeholder
export default function AnomalyPage() {
  return null;
}
