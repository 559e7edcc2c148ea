// Writes a silence: what, until when, why. Shows what it would hide before it is stored.
import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState, type FormEvent, type RefObject } from "react";
import { expireSilence, saveSilence } from "../api/alertClient";
import { useSilencePreview } from "../api/alertQueries";
import type { SilenceDraft } from "../api/alertTypes";
import { refreshAfterChange } from "../detection/cache";
import { useNow } from "../now";
import { actorName, setActorName } from "../parts/actor";
import { Modal } from "../parts/Modal";
import { Skeleton } from "../parts/states";
import { showToast } from "../parts/toast";
import { useDebounced } from "../parts/useDebounced";
import { useZone } from "../scope/useScope";
import { plural } from "../units";
import { AlertItems } from "./AlertItems";
import { Field, MomentField, PRIMARY, TextField } from "./fields";
import { MatcherFields } from "./MatcherFields";
import { missingInSilence } from "./silences";
import { UntilField } from "./UntilField";

interface SilenceFormProps {
  start: SilenceDraft;
  onClose: () => void;
  onDone?: () => void;
}

export function SilenceDialog(props: SilenceFormProps) {
  const why = useRef<HTMLTextAreaElement>(null);
  return (
    <Modal
      title={props.start.id ? "Edit silence" : "New silence"}
      open
      wide
      // What is silenced is known where it begins with an alert; only the reason is missing.
      initialFocus={props.start.matchers.length > 0 ? why : undefined}
      onOpenChange={(open) => !open && props.onClose()}
    >
      <SilenceForm {...props} why={why} />
    </Modal>
  );
}

function SilenceForm({
  start,
  why,
  onClose,
  onDone,
}: SilenceFormProps & { why: RefObject<HTMLTextAreaElement | null> }) {
  const queries = useQueryClient();
  const zone = useZone();
  const now_ms = useNow();
  const [draft, setDraft] = useState(start);
  const [name, setName] = useState(start.created_by || actorName() || "");
  const [later, setLater] = useState(start.starts_ms > Date.now());
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const part = (fields: Partial<SilenceDraft>) => setDraft((before) => ({ ...before, ...fields }));
  const missing = missingInSilence(draft, now_ms);

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (missing || busy) return;
    setBusy(true);
    setError(null);
    setActorName(name);
    try {
      const starts_ms = later || draft.id ? draft.starts_ms : Date.now();
      const silence = await saveSilence({ ...draft, starts_ms, created_by: name.trim() || "somebody" });
      refreshAfterChange(queries, ["silences", "alerts", "alert", "alerting-status"]);
      const undo = draft.id
        ? undefined
        : () =>
            void expireSilence(silence.id).then(() => {
              refreshAfterChange(queries, ["silences", "alerts", "alert", "alerting-status"]);
              showToast({ text: "Silence taken back", tone: "done" });
            });
      showToast({ text: draft.id ? "Silence changed." : "Silence begun.", tone: "done", undo });
      onDone?.();
      onClose();
    } catch (reason) {
      setError(reason instanceof Error ? reason.message : String(reason));
      setBusy(false);
    }
  }

  return (
    <form className="flex flex-col gap-4" onSubmit={(event) => void submit(event)} data-silence-form>
      <MatcherFields
        name="Hides alerts for which all of this is true"
        value={draft.matchers}
        onChange={(matchers) => part({ matchers })}
        empty="Add at least one condition."
      />
      <Hides draft={draft} />
      <UntilField
        name="How long"
        value_ms={draft.ends_ms}
        from_ms={later ? draft.starts_ms : undefined}
        onChange={(ends_ms) => ends_ms !== null && part({ ends_ms })}
      />
      {later ? (
        <MomentField
          name={`From, in ${zone}`}
          zone={zone}
          value_ms={draft.starts_ms}
          onChange={(starts_ms) => starts_ms !== null && part({ starts_ms })}
        />
      ) : (
        !draft.id && (
          <p className="text-xs text-muted">
            Begins at once.{" "}
            <button type="button" className="text-accent underline" onClick={() => setLater(true)}>
              Begin later
            </button>
          </p>
        )
      )}
      <Field name="Why (required)">
        <textarea
          ref={why}
          className="min-h-14 w-full rounded-md border border-line bg-bg px-2.5 py-1.5"
          value={draft.comment}
          maxLength={2000}
          required
          onChange={(event) => part({ comment: event.target.value })}
        />
      </Field>
      <TextField name="Your name" value={name} onChange={setName} placeholder="somebody" />
      {error && (
        <p role="alert" className="rounded-md bg-critical-tint px-3 py-2 text-critical">
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
          {draft.id ? "Save" : "Silence"}
        </button>
      </div>
    </form>
  );
}

const SHOWN_MAX = 5;

/** What fires now and would be hidden, as the server sees it. */
function Hides({ draft }: { draft: SilenceDraft }) {
  const asked = useDebounced(draft);
  const isAsked = asked.matchers.length > 0;
  const preview = useSilencePreview(asked, isAsked);
  if (!isAsked) return null;
  const { data } = preview;
  return (
    <section aria-label="What it hides" className="rounded-md border border-line" data-hides>
      {preview.error && !data ? (
        <p role="alert" className="px-3 py-2 text-xs text-warn">
          {preview.error.message}
        </p>
      ) : !data ? (
        <Skeleton height={40} />
      ) : (
        <>
          <p className="px-3 py-2" role="status">
            <strong className="font-semibold">Hides {plural(data.firing.length, "firing alert")} now.</strong>{" "}
            <span className="text-muted">
              It would have hidden {plural(data.matched_in_last_week, "alert")} in the last week.
            </span>
          </p>
          {data.firing.length > 0 && (
            <div className="border-t border-line">
              <AlertItems alerts={data.firing.slice(0, SHOWN_MAX)} />
            </div>
          )}
          {data.firing.length > SHOWN_MAX && (
            <p className="border-t border-line px-3 py-1.5 text-xs text-muted">
              and {data.firing.length - SHOWN_MAX} more
            </p>
          )}
        </>
      )}
    </section>
  );
}
