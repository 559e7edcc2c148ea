// How a pipeline tells of a deployment: one command to copy.
import { apiUrl } from "../../base";
import { CopyButton } from "../../parts/CopyButton";
import { Panel } from "../../parts/Panel";

export function TellPanel() {
  const body = {
    service: "orders",
    environment: "aws/production/eu-west-1",
    version: "2.14.0",
    link: "https://ci.example.com/runs/1207",
  };
  const command = [
    `curl -X POST ${location.origin}${apiUrl("/deployments")}`,
    `  -H 'content-type: application/json'`,
    `  -d '${JSON.stringify(body)}'`,
  ].join(" \\\n");
  return (
    <Panel title="Tell Hawkeye from your pipeline">
      <p className="px-3 pb-2 text-xs text-muted">
        Versions are noticed in requests anyway. A pipeline that tells of them adds the moment to the second, a note and
        a link to the change.
      </p>
      <div className="relative mx-3 mb-3 rounded-md border border-line bg-bg p-3 pr-10">
        <pre className="overflow-x-auto font-mono text-xs leading-5" tabIndex={0} role="region" aria-label="Example command">
          {command}
        </pre>
        <span className="absolute top-2 right-2">
          <CopyButton text={command} label="Copy the command" />
        </span>
      </div>
    </Panel>
  );
}
