import { expect, test } from "vitest";
import { dismissToast, showToast, undoNewest } from "./toast";

test("the newest that can be undone is, and only once", () => {
  const undone: string[] = [];
  showToast({ text: "first", tone: "done", undo: () => undone.push("first") });
  showToast({ text: "second", tone: "done", undo: () => undone.push("second") });
  showToast({ text: "failed", tone: "failed" });
  expect([undoNewest(), undoNewest(), undoNewest()]).toEqual([true, true, false]);
  expect(undone).toEqual(["second", "first"]);
});

test("what was dismissed cannot be undone any more", () => {
  const id = showToast({ text: "gone", tone: "done", undo: () => expect.unreachable() });
  dismissToast(id);
  expect(undoNewest()).toBe(false);
});
