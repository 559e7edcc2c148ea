import { expect, test } from "vitest";
import { route, routing } from "../testing/routing";
import { addedBelow, changedAt, freeName, isUsed, movedAt, pathName, removedAt, renamedReceiver } from "./tree";

const root = route({
  receiver: "default",
  routes: [route({ receiver: "a", routes: [route({ receiver: "a1" })] }), route({ receiver: "b" })],
});
const names = (node = root): unknown[] => node.routes.map((child) => [child.receiver, ...names(child)]);

test("nodes are found, added, moved and removed by their path", () => {
  expect(pathName([1, 0])).toBe("route.routes[1].routes[0]");
  expect(names(changedAt(root, [0, 0], (node) => ({ ...node, receiver: "x" })))).toEqual([["a", ["x"]], ["b"]]);
  expect(names(addedBelow(root, [1], route({ receiver: "b1" })))).toEqual([
    ["a", ["a1"]],
    ["b", ["b1"]],
  ]);
  expect(names(removedAt(root, [0, 0]))).toEqual([["a"], ["b"]]);
  expect(names(movedAt(root, [1], -1))).toEqual([["b"], ["a", ["a1"]]]);
  expect(names(movedAt(root, [1], 1))).toEqual(names());
  expect(removedAt(root, [])).toBe(root);
});

test("a receiver keeps its routes under another name", () => {
  const before = routing({ route: root });
  const after = renamedReceiver({ ...before, receivers: [{ name: "a1", steps: [], send_resolved: true }] }, "a1", "z");
  expect(names(after.route)).toEqual([["a", ["z"]], ["b"]]);
  expect(after.receivers[0]!.name).toBe("z");
  expect(isUsed(root, "a1")).toBe(true);
  expect(isUsed(root, "nobody")).toBe(false);
});

test("a new name is not taken", () => expect(freeName("night", ["night", "night 2"])).toBe("night 3"));
