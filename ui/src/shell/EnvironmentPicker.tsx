// Chooses environments by provider, deployment or region.
import { Cloud } from "lucide-react";
import { useMemo, useState } from "react";
import { useFacets } from "../api/queries";
import { environmentNameOf, environmentTree } from "../parts/environment";
import { DEFAULT_SCOPE } from "../scope/codec";
import { useScope, useSetScope } from "../scope/useScope";
import { count } from "../units";
import { MultiPicker } from "./MultiPicker";

export default function EnvironmentPicker() {
  const { env, from, to } = useScope();
  const setScope = useSetScope();
  const [opened, setOpened] = useState(false);
  const facets = useFacets({ ...DEFAULT_SCOPE, from, to }, ["environment"], opened);
  const options = useMemo(() => {
    const values = facets.data?.fields.environment ?? [];
    return environmentTree(values.map((item) => item.value)).map((node) => {
      const inside = values.filter((item) => item.value === node.value || item.value.startsWith(`${node.value}/`));
      return { ...node, note: count(inside.reduce((sum, item) => sum + item.requests, 0)) };
    });
  }, [facets.data]);
  const text =
    env.length === 0
      ? "All environments"
      : env.length === 1
        ? environmentNameOf(env[0]!)
        : `${env.length} environments`;
  return (
    <MultiPicker
      icon={<Cloud size={14} />}
      text={text}
      label="Environments"
      options={options}
      selected={env}
      onChange={(values) => setScope({ env: values })}
      onOpenChange={(open) => open && setOpened(true)}
      loading={facets.isFetching}
    />
  );
}
