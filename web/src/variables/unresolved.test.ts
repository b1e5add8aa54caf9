import { expect, it } from "vitest";

import type { Caution, UnresolvedVariable } from "../api/types";
import { canBeGiven, isBlocked, lackingUses, otherCautions, unresolvedUses } from "./unresolved";

const use: UnresolvedVariable = {
  place: "conf/shop.toml:2",
  token: "[@db_host]",
  name: "db_host",
  reason_code: "undefined",
  reason: "has no value",
  hosts: ["web-1"],
  hosts_more: 3,
};
const problem = (unresolved: UnresolvedVariable[], code = "variables_unresolved") => ({ status: 422, code, title: "", unresolved });

it("gives the uses that the problem names", () => {
  expect(unresolvedUses(problem([use]))).toEqual([use]);
});

it("leaves other problems alone", () => {
  expect(unresolvedUses(problem([]))).toBeUndefined();
  expect(unresolvedUses(problem([use], "no_hosts"))).toBeUndefined();
  expect(unresolvedUses({ status: 422, code: "variables_unresolved", title: "" })).toBeUndefined();
});

it("knows what a person can give a value", () => {
  expect(canBeGiven(use)).toBe(true);
  expect(canBeGiven({ ...use, reason_code: "secret_seen" })).toBe(false);
});

it("tells what blocks a plan from what is worth knowing", () => {
  const lacking: Caution = { code: "unresolved_variable", text: "", effect: "blocks", unresolved: use };
  const drift: Caution = { code: "drift", text: "", effect: "advises" };
  expect(isBlocked({ cautions: [drift] })).toBe(false);
  expect(isBlocked({ cautions: [drift, lacking] })).toBe(true);
  expect(lackingUses({ cautions: [drift, lacking] })).toEqual([use]);
  expect(otherCautions({ cautions: [drift, lacking] })).toEqual([drift]);
});
