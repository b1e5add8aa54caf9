import { describe, expect, it } from "vitest";

import type { Aftermath, Unit, UnitState } from "../api/types";
import { interventionsOf, mayDecide, touched } from "./interventions";

const unit = (id: string, state: UnitState, aftermath?: Aftermath): Unit => ({
  id,
  host: id,
  host_name: id,
  batch: 0,
  state,
  from: "1.0.0",
  to: "1.0.1",
  step: null,
  failure: aftermath ? { attempt: "a", step: "start", message: "exit code 1", aftermath } : null,
  attempt: null,
  attempts: 1,
  fetched_bytes: null,
  updated_at: "2026-11-20T10:00:00Z",
});

describe("interventions", () => {
  it("offers none once a deployment can go nowhere", () => {
    for (const state of ["aborting", "rolled_back", "superseded"] as const) expect(interventionsOf(state, {})).toEqual([]);
    expect(interventionsOf("halted", { failed: 1 })).toEqual(["retry", "rollback", "abort"]);
    expect(interventionsOf("rolling_back", { switching: 2 })).toEqual(["abort"]);
  });

  it("lets a person decide about a host only where the deployment waits for that", () => {
    expect(mayDecide("halted", "failed")).toBe(true);
    expect(mayDecide("halted", "succeeded")).toBe(false);
    expect(mayDecide("running", "failed")).toBe(false);
  });

  it("takes back what was changed and nothing that was not", () => {
    const { back, again, waiting, switching } = touched([
      unit("waits", "pending"),
      unit("done", "succeeded"),
      unit("moves", "switching"),
      unit("restored", "failed", "restored"),
      unit("broken", "failed", "broken"),
      unit("odd", "unknown"),
    ]);
    const ids = (units: Unit[]) => units.map(({ id }) => id);
    expect(ids(back)).toEqual(["done", "moves", "broken", "odd"]);
    expect(ids(again)).toEqual(["restored", "broken"]);
    expect(ids(waiting)).toEqual(["waits"]);
    expect(ids(switching)).toEqual(["moves", "odd"]);
  });
});
