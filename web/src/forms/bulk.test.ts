import { expect, it } from "vitest";

import type { Instance } from "../api/types";
import { countOf, operationOf, packageOf, selectionOf, type Meant } from "./bulk";

const instance = (name: string, host: string) => ({ package: name, host_name: host }) as Instance;
const chosen: Meant = { are: "chosen", instances: [instance("web", "a"), instance("db", "b")] };
const matching: Meant = { are: "matching", filter: { package: "web", health: "unhealthy" }, count: 4312 };

it("names the instances that were chosen", () => {
  expect(operationOf("restart", chosen, { batch: "1" })).toEqual({
    action: "restart",
    instances: [
      { host: "a", package: "web" },
      { host: "b", package: "db" },
    ],
    strategy: { batch: "1" },
  });
  expect([countOf(chosen), packageOf(chosen)]).toEqual([2, undefined]);
});

it("says by filter which are meant, however many they are", () => {
  expect(operationOf("upgrade", matching, { batch: "25%" }, { version: "1.1.0" })).toEqual({
    action: "upgrade",
    filter: { package: "web", health: "unhealthy" },
    version: "1.1.0",
    strategy: { batch: "25%" },
  });
  expect([countOf(matching), packageOf(matching)]).toEqual([4312, "web"]);
});

it("says what becomes of data only where it is asked, and a version only where one is brought", () => {
  expect(operationOf("uninstall", matching, {}, { removesData: true }).data).toBe("remove");
  expect(operationOf("stop", matching, {}, { version: "1.1.0", removesData: true })).toEqual({ action: "stop", filter: matching.filter, strategy: {} });
});

it("takes the filters of the list, if they say something", () => {
  expect(selectionOf({ module: "A/B/C", host: "a", environment: "prod" })).toEqual({ modules: ["A/B/C"], hosts: ["a"], environment: "prod" });
  expect(selectionOf({})).toBeUndefined();
  expect(selectionOf({ package: "web", drift: "some" })).toEqual({ package: "web", drift: "some" });
});
