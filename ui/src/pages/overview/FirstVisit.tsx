// What an empty store shows: three ways to get data in, in the order of effort.
import { Database } from "lucide-react";
import type { ReactNode } from "react";
import { useServerStatus } from "../../api/queries";
import { apiUrl } from "../../base";
import { CopyButton } from "../../parts/CopyButton";
import { setDemoOpen } from "../../shell/DemoControl";

export function FirstVisit() {
  const { data: status } = useServerStatus();
  const curl = [
    `curl -X POST ${location.origin}${apiUrl("/requests")}`,
    `  -H 'content-type: application/json'`,
    `  -d '[{"service":"orders","method":"GET","route":"/orders/{id}","status":200,"duration_ms":42}]'`,
  ].join(" \\\n");
  return (
    <div className="mx-auto flex max-w-3xl flex-col gap-3 p-4 pt-10">
      <h2 className="text-xl font-semibold">No requests yet</h2>
      <p className="mb-2 text-muted">
        Hawkeye watches response times, errors and traffic of your APIs. Give it something to watch; this page fills by
        itself.
      </p>
      <Step number={1} title="Look around with demo data">
        <p className="text-muted">
          A made-up shop in four environments, with incidents to find. One click removes it again.
        </p>
        <button
          type="button"
          className="control mt-3 border-accent bg-accent font-medium text-on-accent"
          onClick={() => setDemoOpen(true)}
        >
          <Database size={15} aria-hidden /> Generate demo data
        </button>
      </Step>
      <Step number={2} title="Send OpenTelemetry traces">
        <p className="mb-2 text-muted">
          Point the OTLP exporter of a service or a collector at one of these addresses.
        </p>
        <Address name="OTLP over HTTP" value={withScheme(status?.otlp_http_address)} />
        <Address name="OTLP over gRPC" value={withScheme(status?.otlp_grpc_address)} />
      </Step>
      <Step number={3} title="Or post requests as JSON">
        <div className="relative rounded-md border border-line bg-bg p-3 pr-10">
          <pre
            className="overflow-x-auto font-mono text-xs leading-5"
            tabIndex={0}
            role="region"
            aria-label="Example command"
          >
            {curl}
          </pre>
          <span className="absolute top-2 right-2">
            <CopyButton text={curl} label="Copy the command" />
          </span>
        </div>
      </Step>
    </div>
  );
}

function Step({ number, title, children }: { number: number; title: string; children: ReactNode }) {
  return (
    <section className="panel flex gap-4 p-4">
      <span
        className="flex size-7 shrink-0 items-center justify-center rounded-full bg-selected font-semibold text-accent"
        aria-hidden
      >
        {number}
      </span>
      <div className="min-w-0 flex-1">
        <h3 className="mb-1 text-sm font-semibold">{title}</h3>
        {children}
      </div>
    </section>
  );
}

function Address({ name, value }: { name: string; value: string | null }) {
  return (
    <div className="flex h-8 items-center gap-3">
      <span className="w-32 text-xs text-muted">{name}</span>
      {value ? (
        <>
          <code className="min-w-0 truncate font-mono text-xs">{value}</code>
          <CopyButton text={value} label={`Copy the ${name} address`} />
        </>
      ) : (
        <span className="text-xs text-muted">not listening</span>
      )}
    </div>
  );
}

/** Exporters want a URL; the server may name only host and port. */
function withScheme(address: string | null | undefined): string | null {
  if (!address) return null;
  return address.includes("://") ? address : `http://${address}`;
}
