// Where notifications go. Owns the cards, the test, and the offer to use the first channel for everything.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import {
  Ban,
  CircleAlert,
  CircleCheck,
  FlaskConical,
  Hash,
  Mail,
  MessageSquare,
  Pencil,
  Plus,
  Siren,
  Trash2,
  Webhook,
  type LucideIcon,
} from "lucide-react";
import { useState } from "react";
import {
  emptyKind,
  healthOf,
  targetOf,
  tellsNobody,
  toldEverything,
  type ChannelHealth,
  type ChannelType,
} from "../../../alerting/channels";
import { PRIMARY } from "../../../alerting/fields";
import { CHANNEL_NAMES } from "../../../alerting/words";
import { fetchRouting, removeChannel, saveChannel, saveRouting, testChannel } from "../../../api/alertClient";
import { useChannels, useRouting } from "../../../api/alertQueries";
import type { Channel, ChannelRow, ChannelTest } from "../../../api/alertTypes";
import { refreshAfterChange } from "../../../detection/cache";
import { useNow } from "../../../now";
import { ConfirmDialog } from "../../../parts/ConfirmDialog";
import { Failure, Skeleton } from "../../../parts/states";
import { StateChip, type Tone } from "../../../parts/StateChip";
import { showToast } from "../../../parts/toast";
import { Toggle } from "../../../parts/Toggle";
import { useZone } from "../../../scope/useScope";
import { ago, dateTime } from "../../../time/format";
import { duration, plural } from "../../../units";
import { ChannelForm } from "./ChannelForm";

const AFFECTED = ["channels", "alerting-status", "alert-routing-preview", "alert"];

export const CHANNEL_ICONS: Record<ChannelType, LucideIcon> = {
  email: Mail,
  slack_webhook: Hash,
  slack: Hash,
  webhook: Webhook,
  pager_duty: Siren,
  opsgenie: Siren,
  teams: MessageSquare,
  discord: MessageSquare,
  alertmanager: Webhook,
};

interface Opened {
  channel: Channel;
  row: ChannelRow | null;
}

export default function ChannelsTab() {
  const queries = useQueryClient();
  const channels = useChannels();
  const [open, setOpen] = useState<Opened | null>(null);
  const routing = useRouting().data;
  const [created, setCreated] = useState("");
  const [declined, setDeclined] = useState(false);
  if (channels.error && !channels.data) {
    return (
      <div className="panel">
        <Failure what="The channels" error={channels.error} retry={() => void channels.refetch()} />
      </div>
    );
  }
  if (!channels.data) return <Skeleton height={320} />;
  const rows = channels.data.items;
  // A channel alone tells nobody: something must lead to it.
  const offered =
    routing && tellsNobody(routing) ? (rows.find(({ channel }) => channel.id === created) ?? rows[0]) : undefined;
  const start = (): Opened => ({
    channel: { id: "", name: "", is_enabled: true, kind: emptyKind("email") },
    row: null,
  });
  return (
    <section aria-labelledby="channels" className="flex flex-col gap-3">
      <header className="flex min-h-8 flex-wrap items-center gap-2">
        <h2 id="channels" className="text-[13px] font-semibold">
          Channels
        </h2>
        <span className="text-xs text-muted">where notifications go; routing decides which</span>
        <button type="button" className="control ml-auto" onClick={() => setOpen(start())}>
          <Plus size={14} aria-hidden /> New channel
        </button>
      </header>
      {offered && !declined && <Offer channel={offered.channel} onClose={() => setDeclined(true)} />}
      {rows.length === 0 ? (
        <div className="panel flex flex-col items-center gap-3 px-6 py-12 text-center">
          <p className="text-base font-semibold">Nobody is told yet</p>
          <p className="max-w-md text-muted">
            Add a channel: mail, Slack, a webhook or what your team is paged with. You can test it before anything
            happens.
          </p>
          <button type="button" className={PRIMARY} onClick={() => setOpen(start())}>
            <Plus size={14} aria-hidden /> Add a channel
          </button>
        </div>
      ) : (
        <ul className="grid grid-cols-[repeat(auto-fill,minmax(min(100%,22rem),1fr))] gap-3">
          {rows.map((row) => (
            <ChannelCard key={row.channel.id} row={row} onEdit={() => setOpen({ channel: row.channel, row })} />
          ))}
        </ul>
      )}
      {open && (
        <ChannelForm
          start={open.channel}
          row={open.row}
          taken={rows.map(({ channel }) => channel.id)}
          onClose={() => setOpen(null)}
          onSaved={(channel) => {
            if (!open.row) setCreated(channel.id);
            refreshAfterChange(queries, AFFECTED);
          }}
        />
      )}
    </section>
  );
}

function Offer({ channel, onClose }: { channel: Channel; onClose: () => void }) {
  const queries = useQueryClient();
  const routing = useRouting().data;
  const [busy, setBusy] = useState(false);
  async function accept() {
    setBusy(true);
    try {
      const before = await fetchRouting();
      await saveRouting(toldEverything(before, channel.id));
      refreshAfterChange(queries, ["alert-routing", ...AFFECTED]);
      showToast({
        text: `${channel.name} is told about everything.`,
        tone: "done",
        undo: () => void saveRouting(before).then(() => refreshAfterChange(queries, ["alert-routing", ...AFFECTED])),
      });
      onClose();
    } catch (error) {
      showToast({ text: `Not saved: ${error instanceof Error ? error.message : String(error)}`, tone: "failed" });
      setBusy(false);
    }
  }
  return (
    <div role="status" className="panel flex flex-wrap items-center gap-3 border-accent px-4 py-3" data-offer>
      <p className="min-w-0 flex-1 max-sm:basis-full">
        Nothing leads to <strong className="font-semibold">{channel.name}</strong> yet. Tell this channel about
        everything{routing?.route.receiver ? ` (receiver ${routing.route.receiver}, at once)` : ""}?
      </p>
      <button type="button" className="control" onClick={onClose}>
        Not now
      </button>
      <button type="button" className={PRIMARY} disabled={busy} onClick={() => void accept()}>
        Tell it about everything
      </button>
    </div>
  );
}

const HEALTH: Record<ChannelHealth, [Tone, string]> = {
  ready: ["ok", "enabled"],
  off: ["quiet", "off"],
  disabled: ["critical", "disabled"],
  failing: ["critical", "failing, tried again later"],
  trying: ["warn", "being tried again"],
};

function ChannelCard({ row, onEdit }: { row: ChannelRow; onEdit: () => void }) {
  const { channel, disabled_reason, last_sent_ms, waiting, dead } = row;
  const queries = useQueryClient();
  const zone = useZone();
  const now_ms = useNow();
  const [asking, setAsking] = useState(false);
  const test = useMutation({ mutationFn: () => testChannel(channel.id) });
  const Icon = CHANNEL_ICONS[channel.kind.type] ?? Webhook;
  const [tone, word] = HEALTH[healthOf(row)];

  async function change(action: () => Promise<unknown>, done: string) {
    try {
      await action();
      showToast({ text: done, tone: "done" });
    } catch (error) {
      showToast({ text: `Not done: ${error instanceof Error ? error.message : String(error)}`, tone: "failed" });
    }
    refreshAfterChange(queries, AFFECTED);
  }

  return (
    <li className="panel flex min-w-0 flex-col gap-2 px-4 py-3" data-channel={channel.id}>
      <div className="flex items-start gap-2.5">
        <Icon size={18} className="mt-0.5 shrink-0 text-muted" aria-hidden />
        <div className="min-w-0 flex-1">
          <h3 className="truncate font-semibold" title={channel.name}>
            {channel.name}
          </h3>
          <p className="truncate text-xs text-muted" title={targetOf(channel.kind)}>
            {[CHANNEL_NAMES[channel.kind.type], targetOf(channel.kind)].filter(Boolean).join(" · ")}
          </p>
        </div>
        <Toggle
          label={`Use ${channel.name}`}
          checked={channel.is_enabled && !disabled_reason}
          onChange={(is_enabled) =>
            void change(
              () => saveChannel({ ...channel, is_enabled }),
              is_enabled ? `${channel.name} is used again.` : `${channel.name} is off.`,
            )
          }
        />
      </div>
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-xs text-muted">
        <StateChip tone={tone}>{word}</StateChip>
        <span title={last_sent_ms === null ? undefined : dateTime(last_sent_ms, zone)}>
          {last_sent_ms === null ? "nothing sent yet" : `sent ${ago(last_sent_ms, now_ms)}`}
        </span>
        {waiting > 0 && <span className="text-warn">{waiting} waiting</span>}
        {dead > 0 && <span className="text-critical">{dead} dead</span>}
      </p>
      {disabled_reason && <p className="text-xs break-words text-critical">Disabled because {disabled_reason}</p>}
      <div className="mt-auto flex flex-wrap gap-1.5 pt-1">
        <button
          type="button"
          className="control h-7 text-xs"
          disabled={test.isPending}
          onClick={() => test.mutate()}
          aria-label={`Test ${channel.name}`}
        >
          <FlaskConical size={12} aria-hidden /> {test.isPending ? "Sending…" : "Test"}
        </button>
        <button type="button" className="control h-7 text-xs" onClick={onEdit} aria-label={`Edit ${channel.name}`}>
          <Pencil size={12} aria-hidden /> Edit
        </button>
        <button
          type="button"
          className="control h-7 text-xs"
          onClick={() => setAsking(true)}
          aria-label={`Remove ${channel.name}`}
        >
          <Trash2 size={12} aria-hidden /> Remove
        </button>
      </div>
      <TestOutcome result={test.data} error={test.error} />
      {asking && (
        <ConfirmDialog
          title={`Remove ${channel.name}`}
          button="Remove channel"
          onClose={() => setAsking(false)}
          onConfirm={() => void change(() => removeChannel(channel.id), `Channel removed: ${channel.name}.`)}
        >
          <p>
            {waiting > 0 ? `${plural(waiting, "notification")} for it will not be sent. ` : ""}
            Its secrets are removed too, so this cannot be undone. A channel that the routing names cannot be removed.
          </p>
        </ConfirmDialog>
      )}
    </li>
  );
}

const OUTCOMES: Record<ChannelTest["outcome"], string> = {
  delivered: "Delivered",
  retry: "Not delivered, it would be tried again",
  refused: "Refused",
  gone: "Gone: the address does not exist any more",
};

function TestOutcome({ result, error }: { result: ChannelTest | undefined; error: Error | null }) {
  if (error) return <OutcomeLine good={false} text={error.message} />;
  if (!result) return null;
  const status = result.status === null ? "" : `, answer ${result.status}`;
  const text = `${OUTCOMES[result.outcome]}${status}, in ${elapsedText(result.elapsed_ms)}${result.error ? `: ${result.error}` : ""}`;
  return <OutcomeLine good={result.outcome === "delivered"} text={text} />;
}

function elapsedText(elapsed_ms: number): string {
  return elapsed_ms < 1000 ? `${Math.round(elapsed_ms)} ms` : duration(elapsed_ms);
}

function OutcomeLine({ good, text }: { good: boolean; text: string }) {
  const Icon = good ? CircleCheck : text.startsWith("Gone") ? Ban : CircleAlert;
  return (
    <p
      role="status"
      data-outcome={good ? "good" : "bad"}
      className={`flex items-start gap-1.5 rounded-md px-2 py-1.5 text-xs break-words ${
        good ? "bg-ok-tint text-ok" : "bg-critical-tint text-critical"
      }`}
    >
      <Icon size={13} className="mt-0.5 shrink-0" aria-hidden />
      <span className="min-w-0">{text}</span>
    </p>
  );
}
