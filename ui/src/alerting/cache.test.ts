import { QueryClient } from "@tanstack/react-query";
import { expect, test } from "vitest";
import type { AlertList } from "../api/alertTypes";
import { alert } from "../testing/alert";
import { cachedAlerts, replaceAlerts } from "./cache";

const counts = { pending: 0, firing: 1, acknowledged: 0, snoozed: 0, muted: 0, resolved: 0 };
const list = (): AlertList => ({ items: [alert(), alert({ id: "8" })], next_cursor: null, counts });

test("an alert is the same in lists, pages and on its own page", () => {
  const queries = new QueryClient();
  queries.setQueryData(["alerts", "some", {}], list());
  queries.setQueryData(["alerts", "pages", {}], { pages: [list()], pageParams: [""] });
  queries.setQueryData(["alert", "7"], { alert: alert(), timeline: [], notifications: [], mutes: [], route: [] });
  const other = queries.getQueryData<AlertList>(["alerts", "some", {}])!.items[1];
  replaceAlerts(queries, [alert({ assignee: "Ada" })]);
  expect(queries.getQueryData<AlertList>(["alerts", "some", {}])!.items[0]!.assignee).toBe("Ada");
  expect(queries.getQueryData<AlertList>(["alerts", "some", {}])!.items[1]).toBe(other);
  expect(queries.getQueryData(["alerts", "pages", {}])).toMatchObject({
    pages: [{ items: [{ assignee: "Ada" }, {}] }],
  });
  expect(cachedAlerts(queries, ["7", "99"])).toMatchObject([{ id: "7", assignee: "Ada" }]);
});
