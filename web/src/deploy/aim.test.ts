import { expect, it } from "vitest";

import { parseSearch } from "../search";
import { aimOf, isAimed, isFiltered, readAim, targetsOf } from "./aim";

it("is read from the address, and comes back from what was asked for", () => {
  const aim = readAim(parseSearch("modules=Shop/Production/Web&labels=zone+in+(a,b)&state=running&health=unhealthy&current=1.0.0&failed_in=dep-1"));
  const targets = targetsOf(aim);
  expect(targets).toEqual({
    modules: ["Shop/Production/Web"],
    hosts: [],
    labels: "zone in (a,b)",
    state: "running",
    health: "unhealthy",
    version: "1.0.0",
    failed_in: "dep-1",
  });
  expect(aimOf(targets)).toEqual(aim);
});

it("asks for nothing that nobody said", () => {
  expect(targetsOf(readAim({ state: "asleep" }))).toEqual({ modules: [], hosts: [] });
});

it("is enough with a module, or with anything that says which hosts", () => {
  expect(isAimed({})).toBe(false);
  expect(isAimed({ modules: [] })).toBe(false);
  expect(isAimed({ modules: ["A/B/C"] })).toBe(true);
  expect(isFiltered({ modules: ["A/B/C"] })).toBe(false);
  expect(isAimed({ labels: "env=prod" })).toBe(true);
});
