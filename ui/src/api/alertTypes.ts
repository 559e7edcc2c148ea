// Short names for the shapes of alerting in the server's OpenAPI document, with the words of its closed sets, and for
// its event, which OpenAPI does not reach. Owns no field of its own.
import type { components } from "./schema";

type Schemas = components["schemas"];

/** The same with other types where the document only says `string`. */
type With<Shape, Fields> = Omit<Shape, keyof Fields> & Fields;

/** What the server fills in when it is left out is always there in what it sends. */
type Whole<Shape> = Shape extends unknown ? Required<Shape> : never;

/** What is not said may be left out. */
type Draft<Shape, Needed extends keyof Shape> = Pick<Shape, Needed> & Partial<Shape>;

export type Labels = Record<string, string>;
export type AlertState = "pending" | "firing" | "acknowledged" | "snoozed" | "muted" | "resolved";
export type NotificationState = "waiting" | "sent" | "dead" | "collapsed" | "withheld";

export type Alert = With<Schemas["Alert"], { state: AlertState }>;
export type AlertCounts = Schemas["AlertCounts"];
export type AlertList = With<Schemas["AlertList"], { items: Alert[] }>;
export type AlertMute = Schemas["AlertMute"];
export type MutedBy = Schemas["MutedBy"];
export type AlertActionName = Schemas["AlertActionName"];
export type AlertAction = Draft<Schemas["AlertAction"], "ids" | "action">;
export type AlertActionResult = With<Schemas["AlertActionResult"], { alerts: Alert[] }>;
export type AlertingStatus = Schemas["AlertingStatus"];
export type AlertDetail = With<Schemas["AlertDetail"], { alert: Alert; notifications: NotificationRow[] }>;

export type ThresholdMeasure = Schemas["ThresholdMeasure"];
export type Per = Schemas["Per"];
export type Condition = Whole<Schemas["Condition"]>;
export type RuleScopeLists = Schemas["Scope"];
export type AlertRule = With<Schemas["Rule"], { condition: Condition }>;
export type AlertRuleRow = With<Schemas["AlertRuleRow"], { rule: AlertRule; source: "default" | "ui" | "file" }>;
export type AlertRulePreview = Schemas["AlertRulePreview"];

export type Route = Schemas["Route"];
export type Receiver = Schemas["Receiver"];
export type Step = Schemas["Step"];
export type Span = Schemas["Span"];
export type Schedule = Schemas["Schedule"];
export type Cover = Schemas["Cover"];
export type PlannedMaintenance = Schemas["PlannedMaintenance"];
export type Routing = Schemas["Routing"];
export type RoutePreview = Schemas["RoutePreview"];
export type RoutingPreview = Schemas["RoutingPreview"];
export type RoutingQuestion = Partial<Schemas["RoutingQuestion"]>;

export type BacktestAlert = Schemas["BacktestAlert"];
export type AlertBacktestSide = Schemas["AlertBacktestSide"];
export type AlertBacktest = Schemas["AlertBacktest"];
export type AlertBacktestStart = Draft<
  With<Schemas["AlertBacktestStart"], { rules: AlertRule[]; routing: Routing }>,
  "from_ms" | "to_ms"
>;

export type Silence = Schemas["Silence"];
export type SilenceDraft = Omit<Schemas["SilenceDraft"], "id"> & { id?: string | null };
export type SilenceDetail = Schemas["SilenceDetail"];
export type SilencePreview = With<Schemas["SilencePreview"], { firing: Alert[] }>;

export type ChannelKind = Schemas["ChannelKind"];
export type Channel = Schemas["Channel"];
export type ChannelRow = With<Schemas["ChannelRow"], { breaker: "closed" | "open" | "half_open" }>;
export type ChannelTest = With<Schemas["ChannelTest"], { outcome: "delivered" | "retry" | "refused" | "gone" }>;

export type NotificationRow = With<Schemas["NotificationRow"], { state: NotificationState }>;
export type NotificationList = With<Schemas["NotificationList"], { items: NotificationRow[] }>;
export type OnCallNow = Schemas["OnCallNow"];

/** Event `alert` of the stream. */
export interface AlertStreamEvent {
  change: "opened" | "updated" | "resolved" | "acted";
  alert: Alert;
}
