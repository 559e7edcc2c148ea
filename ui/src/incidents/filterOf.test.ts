import { expect, test } from "vitest";
import type { Attribute } from "../api/incidentTypes";
import { filterOf } from "./filterOf";

const endpoint = { id: "00000000000000a3", service: "payments", method: "POST", route: "/payments" };
const known = { endpoints: [endpoint], environments: ["aws/production/eu-west-1", "gcp/production/europe-west4"] };
const of = (attribute: Attribute, value: string) => filterOf({ attribute, value }, known);

test("what a page can be narrowed to becomes a filter", () => {
  expect(of("version", "2.14.0")).toEqual({ search: { version: "2.14.0" } });
  expect(of("environment", "aws/production/eu-west-1")).toEqual({ search: { env: "aws/production/eu-west-1" } });
  expect(of("service", "payments")).toEqual({ search: { service: "payments" } });
  expect(of("status_code", "503")).toEqual({ search: { status: "503" } });
  expect(of("method", "POST")).toEqual({ search: { method: "POST" } });
  expect(of("region", "eu-west-1")).toEqual({ search: { env: "aws/production/eu-west-1" } });
});

test("an endpoint is opened, or searched for when it is not one of the incident's", () => {
  expect(of("endpoint", "POST /payments")).toEqual({ search: {}, endpoint });
  expect(of("endpoint", "payments POST /payments")).toEqual({ search: {}, endpoint });
  expect(of("endpoint", "GET /cart")).toEqual({ search: { q: "GET /cart" } });
});

test("what no page knows leads nowhere", () => {
  for (const attribute of ["instance", "consumer", "error_type", "kind"] as const) {
    expect(of(attribute, "x")).toBeNull();
  }
  expect(of("version", "")).toBeNull();
  expect(of("version", "1,2")).toBeNull();
  expect(of("status_code", "0")).toBeNull();
  expect(of("region", "mars-1")).toBeNull();
});
