// Says when alerts reach nobody, because a quiet pager would otherwise mean nothing. Owns the reasons.
import { BellOff, CircleAlert } from "lucide-react";
import { AlertTabLink } from "../../alerting/AlertLink";
import { listText } from "../../alerting/lists";
import { useAlertingStatus } from "../../api/alertQueries";
import { plural } from "../../units";

const BANNER = "flex flex-wrap items-center gap-x-2 gap-y-1 rounded-md px-3 py-1.5";

export function NobodyIsTold() {
  const { data } = useAlertingStatus();
  if (!data) return null;
  if (data.channels === 0) {
    return (
      <p role="status" className={`${BANNER} bg-warn-tint text-warn`} data-nobody>
        <BellOff size={14} className="shrink-0" aria-hidden />
        <span>
          Nobody is told yet:{" "}
          <AlertTabLink tab="channels" className="font-medium underline">
            add a channel
          </AlertTabLink>
        </span>
      </p>
    );
  }
  const problems = [
    data.dead > 0 && `${plural(data.dead, "notification")} could not be delivered`,
    data.breakers_open.length > 0 &&
      `${listText(data.breakers_open)} ${data.breakers_open.length === 1 ? "fails" : "fail"} and is tried again later`,
    data.alerts_dropped > 0 && `${plural(data.alerts_dropped, "alert")} found no room`,
  ].filter((problem) => problem !== false);
  if (problems.length === 0) return null;
  return (
    <p role="status" className={`${BANNER} bg-critical-tint text-critical`}>
      <CircleAlert size={14} className="shrink-0" aria-hidden />
      <span>
        {listText(problems)}.{" "}
        <AlertTabLink tab="notifications" className="font-medium underline">
          Look at the notifications
        </AlertTabLink>
      </span>
    </p>
  );
}
