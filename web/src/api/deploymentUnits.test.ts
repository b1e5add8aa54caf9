import { describe, expect, it } from "vitest";

import { byBatch, keepNewer, mergeUnits, remember, unitsOf, type UnitPages } from "./deploymentUnits";
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
const pages = (...of: Unit[][]): UnitPages => ({
  pages: of.map((items) => ({ items, next: null, total: 9 })),
  pageParams: of.map(() => undefined),
});
const states = (units: Unit[]) => units.map(({ id, state }) => `${id} ${state}`);

describe("units of a deployment", () => {
  it("takes newer events of what was read, and leaves the rest", () => {
    const known = pages([unit("a", 5)], [unit("b", 5)]);
    const merged = mergeUnits(known, [unit("a", 4, { state: "failed" }), unit("b", 6, { state: "succeeded" }), unit("c", 9)]);
    expect(states(unitsOf(merged))).toEqual(["a pending", "b succeeded"]);
    expect(merged.pages[0]?.items).toEqual(known.pages[0]?.items);
    expect(unitsOf(undefined)).toEqual([]);
  });

  it("keeps what an event said while a page was on its way", () => {
    const told = remember(new Map(), [unit("other", 9), unit("a", 9, { state: "succeeded" })], 0);
    expect(states(keepNewer([unit("a", 8), unit("b", 8)], told))).toEqual(["a succeeded", "b pending"]);
    expect([...remember(told, [unit("b", 9)], 70_000).keys()]).toEqual(["b"]);
  });

  it("puts hosts into their batches in the order people count", () => {
    const units = [unit("web-10", 1, { batch: 2 }), unit("web-2", 1, { batch: 2 }), unit("web-1", 1)];
    expect(byBatch(units).map((batch) => batch.map((u) => u.id))).toEqual([["web-1"], [], ["web-2", "web-10"]]);
  });
});
