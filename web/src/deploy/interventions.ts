// What a person may do with a deployment, and what it would touch. Pure; the server decides again.

import type { Action, Aftermath, DeploymentState, DeploymentSummary, Unit, UnitCounts, UnitState } from "../api/types";

export type Intervention = "pause" | "resume" | "retry" | "rollback" | "abort";

const ALLOWED: Record<DeploymentState, Intervention[]> = {
  running: ["pause", "rollback", "abort"],
  paused: ["resume", "rollback", "abort"],
  halted: ["retry", "rollback", "abort"],
  rolling_back: ["retry", "abort"],
  aborting: [],
  succeeded: [],
  rolled_back: [],
  aborted: [],
  failed: [],
  superseded: [],
};

/** What may be done about one host. */
export type UnitIntervention = "retry" | "skip";

const HELD: DeploymentState[] = ["halted", "rolling_back"];
const OPEN_FAILURES: UnitState[] = ["failed", "cancelled", "unknown"];

/** Whether a person may decide about a host that stands so. */
export const mayDecide = (deployment: DeploymentState, unit: UnitState): boolean => HELD.includes(deployment) && OPEN_FAILURES.includes(unit);

/** A retry is offered only where something failed. */
export const interventionsOf = (state: DeploymentState, units: UnitCounts): Intervention[] =>
  ALLOWED[state].filter((one) => one !== "retry" || (units.failed ?? 0) + (units.cancelled ?? 0) + (units.unknown ?? 0) > 0);

const ENDED_FORWARD: DeploymentState[] = ["succeeded", "aborted"];
const INSTALLS: Action[] = ["deploy", "upgrade"];

/** What has ended is taken back by a deployment of its own, if it brought versions. */
export const canBeTakenBack = ({ state, action, direction }: DeploymentSummary): boolean =>
  ENDED_FORWARD.includes(state) && INSTALLS.includes(action) && direction === "forward";

const UNTOUCHED: UnitState[] = ["pending", "preparing", "prepared", "cancelled"];
const IN_FLIGHT: UnitState[] = ["preparing", "prepared", "switching", "baking", "restoring", "retiring", "unknown"];
const SWITCHING: UnitState[] = ["switching", "restoring", "unknown"];
const CHANGED: UnitState[] = ["succeeded", "baking", "retiring"];

/** What a failure may leave behind that is as it was before. */
const AS_BEFORE: Aftermath[] = ["untouched", "restored", "removed"];

const isUntouchedFailure = ({ state, failure }: Unit) =>
  (state === "failed" || state === "skipped") && failure?.aftermath != null && AS_BEFORE.includes(failure.aftermath);

/** The units by what an intervention would do to them. */
export function touched(units: Iterable<Unit>) {
  const all = [...units];
  const of = (states: UnitState[]) => all.filter(({ state }) => states.includes(state));
  return {
    /** Left as they are by an abort, gone on with by a resume. */
    waiting: of(["pending", "preparing", "prepared"]),
    /** In the middle of something. */
    inFlight: of(IN_FLIGHT),
    /** In the middle of the switch, which always comes to its end. */
    switching: of(SWITCHING),
    /** At the new version. */
    changed: of(CHANGED),
    /** What a retry tries again. */
    again: of(["failed", "cancelled"]),
    /** What a retry tries again although nobody knows what stands there. */
    unknown: of(["unknown"]),
    /** What a roll-back takes back. */
    back: all.filter((unit) => !UNTOUCHED.includes(unit.state) && !isUntouchedFailure(unit)),
  };
}
