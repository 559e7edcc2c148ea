// Writes a channel: its kind, where it goes, its secrets. A secret is only ever written: the server says which are
// set and never what they are.
import { useState, type FormEvent } from "react";
import { emptyKind, missingInChannel, secretFields, typedSecrets, type ChannelType } from "../../../alerting/channels";
import {
  CheckField,
  Field,
  ListField,
  NumberInput,
  PairsField,
  PRIMARY,
  SelectField,
  TextField,
} from "../../../alerting/fields";
import { freeSlug } from "../../../alerting/ruleSentence";
import { CHANNEL_NAMES, CHANNEL_TYPES } from "../../../alerting/words";
import { saveChannel } from "../../../api/alertClient";
import type { Channel, ChannelKind, ChannelRow, Labels } from "../../../api/alertTypes";
import { ApiError, type FieldProblem } from "../../../api/client";
import { Modal } from "../../../parts/Modal";
import { showToast } from "../../../parts/toast";

interface ChannelFormProps {
  start: Channel;
  /** Null for a new one. */
  row: ChannelRow | null;
  taken: string[];
  onClose: () => void;
  onSaved: (channel: Channel) => void;
}

export function ChannelForm({ start, row, taken, onClose, onSaved }: ChannelFormProps) {
  const [channel, setChannel] = useState(start);
  const [secrets, setSecrets] = useState<Labels>({});
  const [removed, setRemoved] = useState<string[]>([]);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const [problems, setProblems] = useState<FieldProblem[]>([]);
  const { kind } = channel;
  const isSet = row?.secrets_set ?? [];
  const set = (next: ChannelKind) => {
    setChannel((before) => ({ ...before, kind: next }));
    setProblems([]);
  };
  const at = (path: string) => problems.find((problem) => problem.path.includes(path))?.message;
  const missing = missingInChannel(channel, secrets, isSet);

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (missing || busy) return;
    setBusy(true);
    setError(null);
    const named = row ? channel : { ...channel, id: freeSlug(channel.name, taken, "channel") };
    try {
      await saveChannel({ ...named, name: named.name.trim() }, typedSecrets(secrets, kind, removed));
      showToast({ text: `Channel saved: ${named.name}.`, tone: "done" });
      onSaved(named);
      onClose();
    } catch (reason) {
      setProblems(reason instanceof ApiError ? reason.fields : []);
      setError(reason instanceof Error ? reason.message : String(reason));
      setBusy(false);
    }
  }

  return (
    <Modal title={row ? `Edit ${row.channel.name}` : "New channel"} open onOpenChange={(open) => !open && onClose()}>
      <form
        className="flex flex-col gap-3"
        autoComplete="off"
        onSubmit={(event) => void submit(event)}
        data-channel-form
      >
        <div className="grid grid-cols-2 gap-2 max-sm:grid-cols-1">
          <SelectField
            name="Kind"
            value={kind.type}
            disabled={row !== null}
            options={CHANNEL_TYPES.map((type): [string, string] => [type, CHANNEL_NAMES[type]])}
            onChange={(type) => set(emptyKind(type as ChannelType))}
          />
          <TextField
            name="Name"
            value={channel.name}
            required
            placeholder="Ops team"
            onChange={(name) => setChannel((before) => ({ ...before, name }))}
            error={at("name")}
          />
        </div>
        <KindFields kind={kind} onChange={set} at={at} />
        {secretFields(kind).map(({ name, label, required }) => (
          <div key={`${kind.type} ${name}`}>
            <TextField
              name={required ? label : `${label} (optional)`}
              type="password"
              value={secrets[name] ?? ""}
              placeholder={
                !isSet.includes(name) ? "" : removed.includes(name) ? "will be removed" : "set, leave empty to keep"
              }
              hint={isSet.includes(name) ? "It is set and is never shown. Type a new one to replace it." : undefined}
              onChange={(value) => setSecrets((before) => ({ ...before, [name]: value }))}
              error={at(`secrets.${name}`)}
            />
            {!required && isSet.includes(name) && (
              <CheckField
                checked={removed.includes(name)}
                onChange={(checked) =>
                  setRemoved(checked ? [...removed, name] : removed.filter((other) => other !== name))
                }
              >
                {`Remove the ${label.replace(/ \(.*/, "").toLowerCase()}`}
              </CheckField>
            )}
          </div>
        ))}
        {error && (
          <p role="alert" className="rounded-md bg-critical-tint px-3 py-2 break-words text-critical">
            Not saved: {error}
          </p>
        )}
        <div className="flex items-center justify-end gap-2">
          <p className="mr-auto text-xs text-muted" role="status">
            {missing ?? ""}
          </p>
          <button type="button" className="control" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className={PRIMARY} disabled={missing !== null || busy}>
            Save
          </button>
        </div>
      </form>
    </Modal>
  );
}

interface KindFieldsProps {
  kind: ChannelKind;
  onChange: (kind: ChannelKind) => void;
  at: (path: string) => string | undefined;
}

const SECURITIES: [string, string][] = [
  ["starttls", "STARTTLS, usually port 587"],
  ["tls", "TLS, usually port 465"],
  ["none", "none, for a relay nearby"],
];
const FORMATS: [string, string][] = [
  ["json", "Hawkeye's own JSON"],
  ["cloud_events", "CloudEvents 1.0"],
  ["alertmanager", "Alertmanager's webhook"],
  ["template", "a template of your own"],
];

function KindFields({ kind, onChange, at }: KindFieldsProps) {
  switch (kind.type) {
    case "email":
      return (
        <>
          <div className="grid grid-cols-[minmax(0,1fr)_6rem] gap-2">
            <TextField
              name="Mail server"
              value={kind.smtp_host}
              placeholder="smtp.example.com"
              onChange={(smtp_host) => onChange({ ...kind, smtp_host })}
              error={at("smtp_host")}
            />
            <NumberInput
              name="Port"
              low={1}
              high={65_535}
              value={kind.smtp_port}
              onChange={(smtp_port) => onChange({ ...kind, smtp_port: Math.round(smtp_port) })}
              error={at("smtp_port")}
            />
          </div>
          <div className="grid grid-cols-2 gap-2 max-sm:grid-cols-1">
            <SelectField
              name="Protection"
              value={kind.security ?? "starttls"}
              options={SECURITIES}
              onChange={(security) => onChange({ ...kind, security: security as "tls" })}
            />
            <TextField
              name="User name (optional)"
              value={kind.username ?? ""}
              onChange={(username) => onChange({ ...kind, username: username || null })}
            />
          </div>
          <TextField
            name="From"
            value={kind.from}
            placeholder="hawkeye@example.com"
            onChange={(from) => onChange({ ...kind, from })}
            error={at("kind.from")}
          />
          <ListField
            name="To"
            placeholder="ada@example.com, ops@example.com"
            value={kind.to}
            onChange={(to) => onChange({ ...kind, to })}
            error={at("kind.to")}
          />
        </>
      );
    case "slack":
      return (
        <TextField
          name="Slack channel"
          value={kind.channel}
          placeholder="#ops or its id"
          hint="One message a group, changed in place as it goes on."
          onChange={(channel) => onChange({ ...kind, channel })}
          error={at("kind.channel")}
        />
      );
    case "webhook":
      return (
        <>
          <TextField
            name="Address"
            type="url"
            value={kind.url}
            placeholder="https://"
            onChange={(url) => onChange({ ...kind, url })}
            error={at("kind.url")}
          />
          <SelectField
            name="What is sent"
            value={kind.format ?? "json"}
            options={FORMATS}
            onChange={(format) => onChange({ ...kind, format: format as "json" })}
          />
          {kind.format === "template" && (
            <Field name="Template" error={at("template")}>
              <textarea
                className="min-h-24 w-full rounded-md border border-line bg-bg px-2.5 py-1.5 font-mono text-xs"
                spellCheck={false}
                value={kind.template ?? ""}
                onChange={(event) => onChange({ ...kind, template: event.target.value })}
              />
            </Field>
          )}
          <PairsField
            name="Headers (optional; no secrets here)"
            placeholder="X-Team: payments"
            value={kind.headers ?? {}}
            onChange={(headers) => onChange({ ...kind, headers })}
            error={at("headers")}
          />
        </>
      );
    case "alertmanager":
      return (
        <TextField
          name="Address"
          type="url"
          value={kind.url}
          placeholder="http://alertmanager:9093"
          onChange={(url) => onChange({ ...kind, url })}
          error={at("kind.url")}
        />
      );
    case "pager_duty":
    case "opsgenie":
      return (
        <TextField
          name="API address (optional)"
          type="url"
          value={kind.api_url ?? ""}
          placeholder={kind.type === "opsgenie" ? "https://api.opsgenie.com" : "https://events.pagerduty.com"}
          hint={kind.type === "opsgenie" ? "https://api.eu.opsgenie.com for accounts in the EU." : undefined}
          onChange={(url) => onChange({ ...kind, api_url: url.trim() || null })}
          error={at("api_url")}
        />
      );
    default:
      return null;
  }
}
