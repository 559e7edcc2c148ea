// Generates and removes demo data. Owns the two actions and the progress; the server owns the job.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { removeDemo, startDemo } from "../api/client";
import { useDemo } from "../api/queries";
import type { Demo } from "../api/types";
import { Modal } from "../parts/Modal";
import { count } from "../units";
import { DemoForm } from "./DemoForm";
import { ExistingDemo } from "./ExistingDemo";

interface DemoDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

export default function DemoDialog({ open, onOpenChange }: DemoDialogProps) {
  const { data: demo } = useDemo();
  const queries = useQueryClient();
  const settle = (next: Demo) => {
    queries.setQueryData(["demo"], next);
    void queries.invalidateQueries({ queryKey: ["demo"] });
  };
  const start = useMutation({ mutationFn: startDemo, onSuccess: settle });
  const remove = useMutation({ mutationFn: removeDemo, onSuccess: settle });
  const state = demo?.state ?? "none";

  const before = useRef(state);
  useEffect(() => {
    if (before.current !== state && (state === "live" || state === "none")) void queries.invalidateQueries();
    before.current = state;
  }, [state, queries]);

  const title = state === "live" || state === "removing" ? "Demo data" : "Generate demo data";
  const error = start.error ?? remove.error;
  return (
    <Modal title={title} open={open} onOpenChange={onOpenChange}>
      {error && (
        <p role="alert" className="mb-3 rounded-md bg-critical-tint px-3 py-2 text-critical">
          {error.message}
        </p>
      )}
      {demo?.state === "failed" && (
        <p role="alert" className="mb-3 rounded-md bg-critical-tint px-3 py-2 text-critical">
          Generating failed: {demo.error ?? "no reason given"}
        </p>
      )}
      {state === "generating" ? (
        <Progress demo={demo!} />
      ) : state === "live" || state === "removing" ? (
        <ExistingDemo
          demo={demo!}
          removing={state === "removing"}
          remove={() => remove.mutate()}
          close={() => onOpenChange(false)}
        />
      ) : (
        <DemoForm busy={start.isPending} onSubmit={(request) => start.mutate(request)} />
      )}
    </Modal>
  );
}

function Progress({ demo }: { demo: Demo }) {
  const progress = demo.progress;
  const percent =
    progress && progress.total > 0 ? Math.min(100, Math.floor((progress.done / progress.total) * 100)) : 0;
  return (
    <div className="flex flex-col gap-2">
      <div className="flex items-baseline gap-2">
        <span className="text-2xl font-semibold">{percent} %</span>
        <span className="text-muted">{progress?.stage ?? "starting"}</span>
      </div>
      <div
        role="progressbar"
        aria-label="Generating demo data"
        aria-valuenow={percent}
        aria-valuemin={0}
        aria-valuemax={100}
        className="h-2 overflow-hidden rounded-full bg-bg"
      >
        <div className="h-full rounded-full bg-accent transition-[width]" style={{ width: `${percent}%` }} />
      </div>
      <p className="text-xs text-muted">
        {count(progress?.requests ?? 0)} requests, {count(progress?.requests_per_second ?? 0)} rows/s. You may close
        this dialog.
      </p>
    </div>
  );
}
