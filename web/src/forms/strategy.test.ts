import { expect, it } from "vitest";

import { DEFAULT_STRATEGY, fieldsOf, hasMore, isLabelKeyOrNothing, strategyOf } from "./strategy";

it("goes from a form to a strategy and back", () => {
  const fields = { ...DEFAULT_STRATEGY, canary: 1, batch: "1 *3", order_label: "zone", pause: "after_canary", success_threshold: 80, error_threshold: "5%" } as const;
  expect(fieldsOf(strategyOf(fields))).toEqual(fields);
});

it("leaves out what has its default, and reads it so", () => {
  const short = { canary: 0, batch: "100%", max_unavailable: null, on_failure: "stop", bake_seconds: 0, unit_timeout_seconds: 1800 } as const;
  expect(strategyOf(DEFAULT_STRATEGY)).toEqual(short);
  expect(fieldsOf(short)).toEqual(DEFAULT_STRATEGY);
  expect(fieldsOf({})).toEqual(DEFAULT_STRATEGY);
});

it("shows what is seldom changed where it is changed", () => {
  expect(hasMore({ ...DEFAULT_STRATEGY, canary: 3, on_failure: "ask" })).toBe(false);
  expect(hasMore({ ...DEFAULT_STRATEGY, progress_seconds: 600 })).toBe(true);
});

it("knows keys of labels", () => {
  expect(["", "zone", "example.com/rack"].every(isLabelKeyOrNothing)).toBe(true);
  expect(["-a", "a b", "a/b/c"].some(isLabelKeyOrNothing)).toBe(false);
});
