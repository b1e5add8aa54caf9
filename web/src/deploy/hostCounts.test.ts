import { expect, it } from "vitest";

import type { PlanPreview } from "../api/types";
import { changingHosts } from "./hostCounts";

it("counts hosts that are not named, too", () => {
  const plan = { batches: [{ kind: "canary", hosts: ["web-1"] }, { kind: "batch", hosts: ["web-2", "web-3"], host_count: 9_999 }] };
  expect(changingHosts(plan as unknown as PlanPreview)).toBe(10_000);
});
