// Says when detection has not looked at the newest minutes yet, because calm would otherwise mean nothing.
import { Hourglass } from "lucide-react";
import { useDetection } from "../api/detectionQueries";
import { useZone } from "../scope/useScope";
import { dateTime } from "../time/format";
import { duration } from "../units";

const LATE_S = 300; // A minute is judged a minute after its end; five are more than a hiccup.

export function CatchingUp() {
  const { data } = useDetection();
  const zone = useZone();
  if (!data || data.lag_s < LATE_S || data.watermark_ms === null) return null;
  return (
    <p role="status" className="flex items-center gap-2 rounded-md bg-warn-tint px-3 py-1.5 text-xs text-warn">
      <Hourglass size={13} className="shrink-0" aria-hidden />
      Detection is catching up: it has looked at everything before {dateTime(data.watermark_ms, zone)},{" "}
      {duration(data.lag_s * 1000)} behind.
    </p>
  );
}
