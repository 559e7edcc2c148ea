// Names of endpoints that rules know only by id.
import { useEndpointSearch } from "../../api/queries";

export function useEndpointNames(ids: (string | null)[]): (id: string) => string {
  const wanted = [...new Set(ids.filter((id) => id !== null))].sort();
  const { data } = useEndpointSearch("", wanted.length > 0, wanted);
  const names = new Map(data?.items.map((row) => [row.id, `${row.method} ${row.route}`]));
  return (id) => names.get(id) ?? `endpoint ${id.slice(0, 8)}`;
}
