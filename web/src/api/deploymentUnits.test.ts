import { describe, expect, it } from "vitest";

import { byBatch, mergeUnits, replaceUnits } from "./deploymentUnits";
import type { Unit } from "./types";

const unit = (id: string, second: number, more: Partial<Unit> = {}): Unit => ({
  id,
  host: id,
  host_name: id,
  batch: 0,
  state: "pending",
  from: null,
  to: null,
  step: null,
  failure: null,
  attempt: null,
  attempts: 0,
  fetched_bytes: null,
  updated_at: `2026-11-20T10:00:${String(second).padStart(2, "0")}Z`,
  ...more,
});
const map = (...units: Unit[]) => new Map(units.map((one) => [one.id, one]));

describe("units of a deployment", () => {
  it("takes newer events and leaves older ones", () => {
    const units = mergeUnits(map(unit("a", 5)), [unit("a", 4, { state: "failed" }), unit("b", 1)]);
    expect([...units.values()].map((u) => [u.id, u.state])).toEqual([
      ["a", "pending"],
      ["b", "pending"],
    ]);
    expect(mergeUnits(units, [unit("a", 6, { state: "succeeded" })]).get("a")?.state).toBe("succeeded");
  });

  it("drops units of an earlier plan at a whole reading, but keeps what an event said since", () => {
    const known = map(unit("old", 9), unit("a", 9, { state: "succeeded" }));
    const units = replaceUnits(known, [unit("a", 8), unit("b", 8)]);
    expect([...units.keys()]).toEqual(["a", "b"]);
    expect(units.get("a")?.state).toBe("succeeded");
  });

  it("puts hosts into their batches in the order people count", () => {
    const units = map(unit("web-10", 1, { batch: 2 }), unit("web-2", 1, { batch: 2 }), unit("web-1", 1));
    expect(byBatch(units).map((batch) => batch.map((u) => u.id))).toEqual([["web-1"], [], ["web-2", "web-10"]]);
  });
});
