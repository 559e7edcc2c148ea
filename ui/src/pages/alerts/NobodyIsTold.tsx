// Says when alerts reach nobody, because a quiet pager would otherwise mean nothing. Owns the reasons.
import { BellOff, CircleAlert } from "lucide-react";
import { AlertTabLink } from "../../alerting/AlertLink";
import { listText } from "../../alerting/lists";
import { tellsNobody } from "../../alerting/channels";
import { useAlertingStatus, useChannels, useRouting } from "../../api/alertQueries";
import { plural } from "../../units";

const BANNER = "flex items-start gap-2 rounded-md px-3 py-1.5";

export function NobodyIsTold() {
  const { data } = useAlertingStatus();
  const channels = useChannels().data?.items ?? [];
  const routing = useRouting().data;
  if (!data) return null;
  if (data.channels === 0) {
    return (
      <p role="status" className={`${BANNER} bg-warn-tint text-warn`} data-nobody>
        <BellOff size={14} className="mt-0.75 shrink-0" aria-hidden />
        <span>
          Nobody is told yet:{" "}
          <AlertTabLink tab="channels" className="font-medium underline">
            add a channel
          </AlertTabLink>
        </span>
      </p>
    );
  }
  const failing = data.breakers_open.map((id) => channels.find(({ channel }) => channel.id === id)?.channel.name ?? id);
  if (routing && tellsNobody(routing)) {
    return (
      <p role="status" className={`${BANNER} bg-warn-tint text-warn`} data-nobody>
        <BellOff size={14} className="mt-0.75 shrink-0" aria-hidden />
        <span>
          Nobody is told yet, because no receiver has a channel:{" "}
          <AlertTabLink tab="channels" className="font-medium underline">
            say who is told
          </AlertTabLink>
        </span>
      </p>
    );
  }
  const problems = [
    data.dead > 0 && `${plural(data.dead, "notification")} could not be delivered`,
    failing.length > 0 && `${listText(failing)} ${failing.length === 1 ? "fails" : "fail"} and will be tried again`,
    data.alerts_dropped > 0 && `${plural(data.alerts_dropped, "alert")} found no room`,
  ].filter((problem) => problem !== false);
  if (problems.length === 0) return null;
  return (
    <p role="status" className={`${BANNER} bg-critical-tint text-critical`}>
      <CircleAlert size={14} className="mt-0.75 shrink-0" aria-hidden />
      <span>
        {listText(problems)}.{" "}
        <AlertTabLink tab="notifications" className="font-medium underline">
          Look at the notifications
        </AlertTabLink>
      </span>
    </p>
  );
}
