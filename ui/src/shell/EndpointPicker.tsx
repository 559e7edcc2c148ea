// Chooses endpoints; the server searches, so that thousands cost no more than ten.
import { ListTree } from "lucide-react";
import { useState } from "react";
import { useEndpointSearch } from "../api/queries";
import { useScope, useSetScope } from "../scope/useScope";
import { useDebounced } from "../parts/useDebounced";
import { MultiPicker } from "./MultiPicker";

export default function EndpointPicker() {
  const { ep } = useScope();
  const setScope = useSetScope();
  const [opened, setOpened] = useState(false);
  const [typed, setTyped] = useState("");
  const found = useEndpointSearch(useDebounced(typed.trim()), opened);
  const chosen = useEndpointSearch("", ep.length > 0, ep);
  const rows = [
    ...(typed === "" ? (chosen.data?.items.filter((row) => ep.includes(row.id)) ?? []) : []),
    ...(found.data?.items ?? []),
  ];
  const options = [...new Map(rows.map((row) => [row.id, row])).values()].map((row) => ({
    value: row.id,
    label: `${row.method} ${row.route}`,
    note: row.service,
  }));
  const only = ep.length === 1 ? chosen.data?.items.find((row) => row.id === ep[0]) : undefined;
  const text = ep.length === 0 ? "All endpoints" : only ? `${only.method} ${only.route}` : `${ep.length} endpoints`;
  return (
    <MultiPicker
      icon={<ListTree size={14} />}
      text={text}
      label="Endpoints"
      options={options}
      selected={ep}
      onChange={(values) => setScope({ ep: values })}
      onOpenChange={(open) => open && setOpened(true)}
      onSearch={setTyped}
      loading={found.isFetching}
    />
  );
}
