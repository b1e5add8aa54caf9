import { expect, it } from "vitest";

import { openedFirst, statesOf, totalOf } from "./longBatches";

it("counts what a batch has", () => {
  expect(totalOf({ succeeded: 4000, failed: 2 })).toBe(4002);
  expect(statesOf({ succeeded: 1, failed: 0 })).toEqual([["succeeded", 1]]);
});

it("opens the batch that is worth a look", () => {
  const batch = (number: number, units: Record<string, number>) => ({ number, kind: "rolling" as const, units });
  expect(openedFirst([batch(0, { succeeded: 1 }), batch(1, { succeeded: 5, failed: 1 }), batch(2, { pending: 9 })])).toBe(1);
  expect(openedFirst([batch(0, { succeeded: 1, skipped: 2 })])).toBeUndefined();
});
