import { describe, expect, it } from "vitest";

import type { Aftermath, DeploymentDetail, DeploymentState, Unit, UnitCounts, UnitState, Waiting } from "../api/types";
import { canBeTakenBack, interventionsOf, nextBatch, promotable, touched, unitInterventionsOf } from "./interventions";

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

const standing = (state: DeploymentState, units: UnitCounts, waiting: Waiting[] = [], batches: UnitCounts[] = []) =>
  ({
    summary: { state, units },
    waiting,
    batches: batches.map((own, number) => ({ number, kind: "batch", units: own })),
  }) as unknown as DeploymentDetail;

describe("interventions", () => {
  it("offers none once a deployment can go nowhere", () => {
    for (const state of ["aborting", "rolled_back", "superseded"] as const) expect(interventionsOf(standing(state, {}))).toEqual([]);
    expect(interventionsOf(standing("halted", { failed: 1 }))).toEqual(["retry", "rollback", "abort"]);
    expect(interventionsOf(standing("rolling_back", { switching: 2 }))).toEqual(["abort"]);
  });

  it("lets the next batch begin where it waits for that, and before its time where it does not", () => {
    const batches = [{ succeeded: 1 }, { pending: 3 }];
    expect(interventionsOf(standing("running", { succeeded: 1, pending: 3 }, [{ waits_for: "promote", batch: 1 }], batches))).toEqual([
      "promote",
      "pause",
      "rollback",
      "abort",
      "resize",
    ]);
    const bakes = standing("running", { baking: 1, pending: 3 }, [{ waits_for: "bake", batch: 0, until: "2026-11-20T10:00:00Z" }], batches);
    expect(interventionsOf(bakes)).toEqual(["pause", "rollback", "abort", "skip_ahead", "resize"]);
    expect(nextBatch(bakes)).toBe(1);
    expect(interventionsOf(standing("paused", { baking: 1, pending: 3 }, [{ waits_for: "resume" }], batches))).toEqual([
      "resume",
      "rollback",
      "abort",
      "skip_ahead",
      "resize",
    ]);
    expect(promotable(standing("halted", { failed: 1 }, [{ waits_for: "answer", failed: ["web-1"] }]))).toBe("answer");
  });

  it("takes up again what failed while others go on", () => {
    expect(interventionsOf(standing("running", { failed: 1, switching: 1 }))).toContain("retry");
    expect(interventionsOf(standing("running", { unknown: 1 }))).not.toContain("retry");
  });

  it("lets a person decide about a host only where the deployment waits for that", () => {
    const of = (state: DeploymentState, own: Unit, direction: "forward" | "back" = "forward") => unitInterventionsOf({ state, direction, action: "deploy" }, own);
    expect(of("halted", unit("x", "failed", "restored"))).toEqual(["retry", "skip", "force"]);
    expect(of("halted", unit("x", "failed", "broken"))).toEqual(["retry", "skip", "force", "rollback"]);
    expect(of("halted", unit("x", "unknown"))).toEqual(["retry", "skip", "force", "confirm", "rollback"]);
    expect(of("running", unit("x", "pending"))).toEqual(["skip"]);
    expect(of("running", unit("x", "switching"))).toEqual([]);
    expect(of("succeeded", unit("x", "succeeded"))).toEqual(["rollback"]);
    expect(of("rolled_back", unit("x", "succeeded"), "back")).toEqual([]);
  });

  it("takes back what has ended and brought versions", () => {
    const of = (action: "deploy" | "downgrade" | "rollback" | "run", also: { package: string }[] = []) =>
      canBeTakenBack({ state: "succeeded", direction: "forward", action, also });
    expect([of("deploy"), of("downgrade"), of("run"), of("rollback", [{ package: "conf" }])]).toEqual([true, false, false, false]);
    expect(of("downgrade", [{ package: "conf" }])).toBe(true);
  });

  it("takes back what was changed and nothing that was not", () => {
    const counts: UnitCounts = { pending: 1, succeeded: 1, switching: 1, failed: 302, unknown: 1 };
    const { back, again, unknown, waiting, switching } = touched(counts, {
      failed: { units: [unit("restored", "failed", "restored"), unit("broken", "failed", "broken")], total: 302 },
      unknown: { units: [unit("odd", "unknown")], total: 1 },
    });
    expect(back).toBe(304);
    expect(again).toEqual({ hosts: ["restored", "broken", "odd"], more: 300 });
    expect(unknown).toEqual({ hosts: ["odd"], more: 0 });
    expect([waiting, switching]).toEqual([1, 2]);
  });
});
