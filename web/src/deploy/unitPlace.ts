import type { Unit, UnitState } from "../api/types";
import type { Dictionary } from "../i18n/en";
import { followed } from "./companion";

/** States in which the step says more than the state. */
const BY_STEP: UnitState[] = ["preparing", "switching", "restoring", "retiring"];

/** Where a unit is, in a word or two: its state, and the step when that says more. */
export function unitPlace(unit: Unit, t: Dictionary): string {
  const because = followed(unit, t);
  if (because) return because;
  if (unit.failure && unit.state === "failed") return t.deployment.failedAt(t.steps[unit.failure.step]);
  if (unit.failure && unit.state === "unknown") return t.deployment.unknownAt(t.steps[unit.failure.step]);
  if (unit.step && BY_STEP.includes(unit.state)) return t.steps[unit.step];
  return t.deployment.unitStates[unit.state];
}
