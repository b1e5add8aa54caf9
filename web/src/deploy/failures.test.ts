import { expect, it } from "vitest";

import { hasFailures } from "./failures";

it("knows a deployment that failed somewhere by its units, or by how it ended", () => {
  expect(hasFailures({ state: "succeeded", units: { succeeded: 3 } })).toBe(false);
  expect(hasFailures({ state: "succeeded", units: { succeeded: 2, skipped: 1 } })).toBe(true);
  expect(hasFailures({ state: "aborted", units: { failed: 1, cancelled: 2 } })).toBe(true);
  expect(hasFailures({ state: "rolled_back", units: { succeeded: 3 } })).toBe(true);
});
