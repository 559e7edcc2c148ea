// What is watched for, one sentence a rule. Owns the list and which rule is open.
import { FileText, Lock, Pencil, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { ruleSentence } from "../../../alerting/ruleSentence";
import { EMPTY_RULE, ruleAbout } from "../../../alerting/rules";
import { useAlertRules } from "../../../api/alertQueries";
import type { AlertRuleRow } from "../../../api/alertTypes";
import { useAnomaly } from "../../../api/detectionQueries";
import { SeverityChip } from "../../../detection/chips";
import { ConfirmDialog } from "../../../parts/ConfirmDialog";
import { Panel } from "../../../parts/Panel";
import { SearchField } from "../../../parts/SearchField";
import { Empty, Failure, Skeleton } from "../../../parts/states";
import { Toggle } from "../../../parts/Toggle";
import { useScope, useSetScope } from "../../../scope/useScope";
import { plural } from "../../../units";
import { RuleForm } from "./RuleForm";
import { useRuleChanges } from "./useRuleChanges";

const ABOUT = "new:"; // With the id of an anomaly behind it.

export default function RulesTab() {
  const { sel } = useScope();
  const setScope = useSetScope();
  const rules = useAlertRules();
  const close = () => setScope({ sel: "" });
  if (rules.error && !rules.data) {
    return (
      <div className="panel">
        <Failure what="The rules" error={rules.error} retry={() => void rules.refetch()} />
      </div>
    );
  }
  if (!rules.data) return <Skeleton height={420} />;
  const rows = rules.data.items;
  if (sel === "new") return <RuleForm start={EMPTY_RULE} row={null} rows={rows} onClose={close} />;
  if (sel.startsWith(ABOUT)) return <RuleAboutAnomaly id={sel.slice(ABOUT.length)} rows={rows} onClose={close} />;
  const open = rows.find(({ rule }) => rule.id === sel);
  if (open) return <RuleForm key={sel} start={open.rule} row={open} rows={rows} onClose={close} />;
  return <RuleList rows={rows} onOpen={(id) => setScope({ sel: id })} missing={sel} />;
}

function RuleAboutAnomaly({ id, rows, onClose }: { id: string; rows: AlertRuleRow[]; onClose: () => void }) {
  const { data, error, refetch } = useAnomaly(id);
  if (data) return <RuleForm start={ruleAbout(data.anomaly)} row={null} rows={rows} onClose={onClose} />;
  if (!error) return <Skeleton height={420} />;
  return (
    <div className="panel">
      <Failure what="The anomaly" error={error} retry={() => void refetch()} />
    </div>
  );
}

interface RuleListProps {
  rows: AlertRuleRow[];
  onOpen: (id: string) => void;
  /** A rule that a link names and that is not there. */
  missing: string;
}

const SEARCHED_MIN = 8; // Fewer are seen at a glance.

function RuleList({ rows, onOpen, missing }: RuleListProps) {
  const { q } = useScope();
  const setScope = useSetScope();
  const words = q.toLowerCase();
  const shown = rows.filter(({ rule }) =>
    `${rule.name} ${rule.id} ${ruleSentence(rule)}`.toLowerCase().includes(words),
  );
  const enabled = rows.filter(({ rule }) => rule.is_enabled).length;
  const add = (
    <button type="button" className="control h-7 text-xs" onClick={() => onOpen("new")}>
      <Plus size={13} aria-hidden /> New rule
    </button>
  );
  return (
    <Panel title="Rules" note={`${plural(enabled, "rule")} of ${rows.length} in use`} actions={add}>
      {missing && (
        <p role="status" className="mx-3 mb-2 rounded-md bg-warn-tint px-3 py-1.5 text-xs text-warn">
          There is no rule {missing} any more.
        </p>
      )}
      {(rows.length >= SEARCHED_MIN || q !== "") && (
        <div className="px-3 pb-3">
          <SearchField
            label="Search rules"
            placeholder="Name, service or route"
            value={q}
            onChange={(next) => setScope({ q: next }, true)}
          />
        </div>
      )}
      {shown.length === 0 && rows.length > 0 ? (
        <Empty reason="No rule matches." />
      ) : rows.length === 0 ? (
        <Empty reason="Nothing is watched for: without a rule there is no alert." action={add} />
      ) : (
        <ul className="divide-y divide-line border-t border-line">
          {shown.map((row) => (
            <RuleItem key={row.rule.id} row={row} onOpen={onOpen} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

function RuleItem({ row, onOpen }: { row: AlertRuleRow; onOpen: (id: string) => void }) {
  const { switchRule, removeRule } = useRuleChanges();
  const [asking, setAsking] = useState(false);
  const { rule, source, firing, pending } = row;
  const isFile = source === "file";
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 px-3 py-2.5" data-rule={rule.id}>
      <Toggle
        label={`Watch for ${rule.name}`}
        checked={rule.is_enabled}
        disabled={isFile}
        onChange={(next) => void switchRule(row, next)}
      />
      <div className={`min-w-0 flex-1 max-md:basis-2/3 ${rule.is_enabled ? "" : "text-muted"}`}>
        <button
          type="button"
          className="max-w-full text-left font-medium break-words hover:text-accent hover:underline"
          onClick={() => onOpen(rule.id)}
        >
          {rule.name}
        </button>
        <p className="text-xs break-words text-muted">{ruleSentence(rule)}</p>
      </div>
      <span className="flex w-40 shrink-0 flex-wrap items-center gap-x-2 text-xs max-md:w-auto">
        {rule.severity ? (
          <SeverityChip severity={rule.severity} over={!rule.is_enabled} />
        ) : (
          <span className="text-muted" title="As severe as the anomaly, or as fast as the budget burns">
            severity as found
          </span>
        )}
      </span>
      <span className="w-32 shrink-0 text-xs max-md:w-auto">
        {firing > 0 && <span className="font-medium text-critical">{firing} firing</span>}
        {firing > 0 && pending > 0 && ", "}
        {pending > 0 && <span className="text-muted">{pending} pending</span>}
        {firing === 0 && pending === 0 && <span className="text-muted">{rule.is_enabled ? "quiet" : "off"}</span>}
      </span>
      <span className="flex w-20 shrink-0 items-center gap-1 text-xs text-muted max-md:w-auto" title={sourceTitle(row)}>
        {isFile && <Lock size={12} className="shrink-0" aria-hidden />}
        {source}
      </span>
      <span className="flex shrink-0">
        <button
          type="button"
          className="flex size-8 items-center justify-center rounded-md text-muted hover:text-text"
          aria-label={`${isFile ? "Show" : "Edit"} ${rule.name}`}
          title={isFile ? "Show" : "Edit"}
          onClick={() => onOpen(rule.id)}
        >
          {isFile ? <FileText size={14} aria-hidden /> : <Pencil size={14} aria-hidden />}
        </button>
        <button
          type="button"
          className="flex size-8 items-center justify-center rounded-md text-muted hover:text-critical disabled:opacity-40"
          aria-label={`Remove ${rule.name}`}
          title={isFile ? "Remove it from its file" : "Remove"}
          disabled={isFile}
          onClick={() => setAsking(true)}
        >
          <Trash2 size={14} aria-hidden />
        </button>
      </span>
      {asking && (
        <ConfirmDialog
          title={`Remove ${rule.name}`}
          button="Remove rule"
          onClose={() => setAsking(false)}
          onConfirm={() => void removeRule(row)}
        >
          <p>
            {firing > 0
              ? `${plural(firing, "alert")} of it fire${firing === 1 ? "s" : ""} and will be resolved.`
              : "No alert of it fires now."}{" "}
            What it raised before stays in the history.
          </p>
        </ConfirmDialog>
      )}
    </li>
  );
}

function sourceTitle({ source, updated_by }: AlertRuleRow): string {
  if (source === "file") return "Managed by a file on the server: change it there";
  if (source === "default") return "Comes with Hawkeye";
  return updated_by ? `Changed by ${updated_by}` : "Written here";
}
