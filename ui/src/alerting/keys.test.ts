import { expect, test } from "vitest";
import { alertIntentOf } from "./keys";

test("letters act on alerts, and the other list's letters do nothing", () => {
  expect(alertIntentOf("S", true, true)).toEqual({ type: "act", act: "silence" });
  expect(alertIntentOf("z", true, false)).toEqual({ type: "act", act: "snooze" });
  expect(alertIntentOf("f", true, true)).toBeNull();
  expect(alertIntentOf("j", true, false)).toEqual({ type: "move", step: 1 });
});

test("single letters are a setting, Enter is not", () => {
  expect(alertIntentOf("a", false, true)).toBeNull();
  expect(alertIntentOf("Enter", false, true)).toEqual({ type: "open" });
});
