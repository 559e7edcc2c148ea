import { expect, test } from "vitest";
import { environmentColors, environmentNameOf, environmentTag, environmentTree } from "./environment";

test("names", () => {
  expect(environmentNameOf("aws/production/eu-west-1")).toBe("AWS eu-west-1");
  expect(environmentNameOf("aws/staging/eu-west-1")).toBe("AWS staging eu-west-1");
  expect(environmentNameOf("on_premises/production/")).toBe("On-premises production");
  expect(environmentNameOf("hetzner/production/fsn1")).toBe("hetzner fsn1");
});

test("tags", () => {
  expect(environmentTag("gcp/production/europe-west1")).toBe("GC");
  expect(environmentTag("hetzner/production/fsn1")).toBe("HE");
});

test("a colour does not depend on the order in which environments come", () => {
  const ids = ["gcp/p/r", "aws/p/r", "azure/p/r"];
  const [first, second] = [environmentColors(ids), environmentColors(ids.toReversed())];
  for (const id of ids) expect(first(id)).toBe(second(id));
});

test("the tree offers every prefix once, parents before children", () => {
  const tree = environmentTree(["aws/production/us-east-1", "aws/production/eu-west-1", "aws/staging/eu-west-1"]);
  expect(tree.map((node) => [node.depth, node.value])).toEqual([
    [0, "aws"],
    [1, "aws/production"],
    [2, "aws/production/eu-west-1"],
    [2, "aws/production/us-east-1"],
    [1, "aws/staging"],
    [2, "aws/staging/eu-west-1"],
  ]);
});
