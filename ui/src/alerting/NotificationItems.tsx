// Notifications as a list: when, why, over which channel, what became of it. Owns the way back for dead ones.
import { useQueryClient } from "@tanstack/react-query";
import { RotateCw } from "lucide-react";
import { retryNotification } from "../api/alertClient";
import type { NotificationRow } from "../api/alertTypes";
import { useChannels } from "../api/alertQueries";
import { refreshAfterChange } from "../detection/cache";
import { useNow } from "../now";
import { showToast } from "../parts/toast";
import { useZone } from "../scope/useScope";
import { clockSeconds, dateTime, dayMonth } from "../time/format";
import { plural } from "../units";
import { NotificationChip } from "./chips";
import { countdown } from "./span";
import { reasonText } from "./words";

interface NotificationItemsProps {
  notifications: NotificationRow[];
  /** Says what it was about; left out where the page says it. */
  withTitle?: boolean;
}

export function NotificationItems({ notifications, withTitle }: NotificationItemsProps) {
  const zone = useZone();
  const now_ms = useNow();
  const queries = useQueryClient();
  const { data } = useChannels();
  const nameOf = (id: string) => data?.items.find(({ channel }) => channel.id === id)?.channel.name ?? id;
  async function retry(item: NotificationRow) {
    try {
      await retryNotification(item.id);
      showToast({ text: `Sent again to ${nameOf(item.channel)}.`, tone: "done" });
    } catch (error) {
      showToast({ text: `Not sent again: ${error instanceof Error ? error.message : String(error)}`, tone: "failed" });
    }
    refreshAfterChange(queries, ["notifications", "alert", "channels", "alerting-status"]);
  }
  return (
    <ul className="@container divide-y divide-line text-xs" data-notifications>
      {notifications.map((item) => (
        <li
          key={item.id}
          className="flex flex-wrap items-start gap-x-3 gap-y-1 px-3 py-2"
          data-notification={item.state}
        >
          <span
            className="w-28 shrink-0 leading-5.5 whitespace-nowrap text-muted"
            title={dateTime(item.created_ms, zone)}
          >
            {dayMonth(item.created_ms, zone)}, {clockSeconds(item.created_ms, zone)}
          </span>
          <span className="w-24 shrink-0">
            <NotificationChip state={item.state} />
          </span>
          <div className="min-w-0 flex-1 leading-5 @max-xl:basis-full">
            {withTitle && <p className="font-medium break-words">{item.title}</p>}
            <p>
              <span className={withTitle ? "" : "font-medium"}>{reasonText(item.reason)}</span>
              <span className="text-muted">
                {" "}
                to {nameOf(item.channel)}, receiver {item.receiver}
                {item.attempts > 1 && `, ${plural(item.attempts, "try", "tries")}`}
                {item.state === "waiting" && item.next_ms !== null && item.next_ms > now_ms
                  ? `, next in ${countdown(item.next_ms - now_ms)}`
                  : ""}
              </span>
            </p>
            {item.why.length > 0 && (
              <ul className="text-muted">
                {item.why.map((reason, index) => (
                  <li key={index} className="break-words">
                    {reason}
                  </li>
                ))}
              </ul>
            )}
            {item.last_error && (
              <p className={`break-words ${item.state === "sent" ? "text-muted" : "text-critical"}`}>
                {item.last_status !== null && `${item.last_status}: `}
                {item.last_error}
              </p>
            )}
          </div>
          {item.state === "dead" && (
            <button
              type="button"
              className="control h-7 shrink-0 text-xs"
              onClick={() => void retry(item)}
              aria-label={`Try again: ${item.title}`}
            >
              <RotateCw size={12} aria-hidden /> Try again
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}
