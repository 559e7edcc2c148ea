// The outbox: what was told, what waits, what could not be delivered, and why each was. Owns its filters.
import { useMemo } from "react";
import { NotificationItems } from "../../../alerting/NotificationItems";
import { NOTIFICATION_MEANINGS, NOTIFICATION_STATES } from "../../../alerting/words";
import { useAlertingStatus, useChannels, useNotificationPages } from "../../../api/alertQueries";
import type { NotificationState } from "../../../api/alertTypes";
import { useNow } from "../../../now";
import { Panel } from "../../../parts/Panel";
import { Segmented } from "../../../parts/Segmented";
import { Empty, Failure, Skeleton } from "../../../parts/states";
import { useScope, useSetScope } from "../../../scope/useScope";
import { ago } from "../../../time/format";

const STATES = Object.keys(NOTIFICATION_STATES) as NotificationState[];

export default function NotificationsTab() {
  const scope = useScope();
  const setScope = useSetScope();
  const channels = useChannels().data?.items ?? [];
  const state = STATES.find((known) => known === scope.state) ?? "";
  const channel = channels.some((row) => row.channel.id === scope.sel) ? scope.sel : "";
  const pages = useNotificationPages(state, channel);
  const items = useMemo(() => pages.data?.pages.flatMap((page) => page.items) ?? [], [pages.data]);
  const counts = pages.data?.pages[0]?.counts;
  const options: [string, string][] = [
    ["", "All"],
    ...STATES.map((value): [string, string] => [
      value,
      counts ? `${NOTIFICATION_STATES[value]} ${counts[value].toLocaleString("en")}` : NOTIFICATION_STATES[value],
    ]),
  ];
  return (
    <div className="flex flex-col gap-3">
      <Heartbeat />
      <Panel
        title="Notifications"
        note={state ? NOTIFICATION_MEANINGS[state] : "newest first"}
        refreshing={pages.isPlaceholderData}
      >
        <div className="flex flex-wrap items-center gap-2 px-3 pb-3">
          <div className="max-w-full overflow-x-auto">
            <Segmented label="State" options={options} value={state} onChange={(next) => setScope({ state: next })} />
          </div>
          <label className="control pr-1">
            <span className="text-muted">Channel</span>
            <select
              className="h-7 min-w-0 rounded bg-surface outline-offset-2"
              value={channel}
              onChange={(event) => setScope({ sel: event.target.value })}
            >
              <option value="">all</option>
              {channels.map((row) => (
                <option key={row.channel.id} value={row.channel.id}>
                  {row.channel.name}
                </option>
              ))}
            </select>
          </label>
        </div>
        {pages.error && !pages.data ? (
          <Failure what="The notifications" error={pages.error} retry={() => void pages.refetch()} />
        ) : !pages.data ? (
          <div className="px-3 pb-3">
            <Skeleton height={320} />
          </div>
        ) : items.length === 0 ? (
          <Empty reason={state || channel ? "No notification matches." : "Nothing was told so far."} />
        ) : (
          <div className="border-t border-line">
            <NotificationItems notifications={items} withTitle />
            {pages.hasNextPage && (
              <div className="flex justify-center border-t border-line p-2">
                <button
                  type="button"
                  className="control"
                  disabled={pages.isFetchingNextPage}
                  onClick={() => void pages.fetchNextPage()}
                >
                  {pages.isFetchingNextPage ? "Loading…" : "Older ones"}
                </button>
              </div>
            )}
          </div>
        )}
      </Panel>
    </div>
  );
}

/** The sign of life that tells somebody when Hawkeye itself has died. */
function Heartbeat() {
  const { data } = useAlertingStatus();
  const now_ms = useNow();
  const heartbeat = data?.heartbeat;
  if (!heartbeat) return null;
  const { url_set, last_sent_ms, error, blocked_by } = heartbeat;
  const blocked = Array.isArray(blocked_by) ? blocked_by.join(", ") : blocked_by;
  const text = !url_set
    ? "No heartbeat is sent: if Hawkeye itself stops, nobody is told. Set its address in the configuration."
    : error
      ? `The heartbeat failed: ${error}`
      : blocked
        ? `The heartbeat is held back: ${blocked}`
        : `Heartbeat sent ${ago(last_sent_ms, now_ms)}.`;
  const isBad = Boolean(error || blocked);
  return (
    <p
      role="status"
      className={`text-xs ${isBad ? "rounded-md bg-critical-tint px-3 py-1.5 text-critical" : "text-muted"}`}
    >
      {text}
    </p>
  );
}
