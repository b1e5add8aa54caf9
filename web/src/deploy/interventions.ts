// What a person may do with a deployment, and what it would touch. Pure; the server decides again.

import type { Action, Aftermath, DeploymentDetail, DeploymentState, DeploymentSummary, Unit, UnitCounts, UnitState } from "../api/types";
import { hasFailures } from "./failures";

export type Intervention = "promote" | "pause" | "resume" | "retry" | "rollback" | "abort" | "skip_ahead" | "resize";

/** What is seldom needed, and kept apart. */
export const SELDOM: Intervention[] = ["skip_ahead", "resize"];

const ALLOWED: Record<DeploymentState, Intervention[]> = {
  running: ["promote", "pause", "retry", "rollback", "abort", "skip_ahead", "resize"],
  paused: ["resume", "rollback", "abort", "skip_ahead", "resize"],
  halted: ["promote", "retry", "rollback", "abort", "resize"],
  rolling_back: ["retry", "abort"],
  aborting: [],
  succeeded: [],
  partly_succeeded: [],
  rolled_back: [],
  aborted: [],
  failed: [],
  superseded: [],
};

type Standing = Pick<DeploymentDetail, "summary" | "waiting" | "batches">;

/** The batch that a person's word lets begin, if one is waited for. */
export function promotable({ waiting }: Pick<Standing, "waiting">): number | "answer" | undefined {
  for (const one of waiting) {
    if (one.waits_for === "promote" || one.waits_for === "pause") return one.batch;
    if (one.waits_for === "answer") return "answer";
  }
  return undefined;
}

/** The first batch of which nothing has begun, from 0, if another one has. */
export function nextBatch({ batches }: Pick<Standing, "batches">): number | undefined {
  const next = batches.find(({ units }) => Object.entries(units).every(([state, count]) => state === "pending" || count === 0));
  return next && next.number > 0 ? next.number : undefined;
}

function makesSense(intervention: Intervention, standing: Standing): boolean {
  const { state, units } = standing.summary;
  switch (intervention) {
    case "retry":
      // One that goes on takes failures that it tolerates up again; what is cancelled or unknown settles first.
      return (units["failed"] ?? 0) + (state === "running" ? 0 : (units["cancelled"] ?? 0) + (units["unknown"] ?? 0)) > 0;
    case "promote":
      return promotable(standing) !== undefined;
    case "skip_ahead":
      return standing.summary.direction !== "back" && nextBatch(standing) !== undefined && promotable(standing) === undefined;
    case "resize":
      return (units["pending"] ?? 0) > 0;
    case "rollback":
      // What a script did is nothing that Packhorse could take back.
      return standing.summary.action !== "run";
    case "pause":
    case "resume":
    case "abort":
      return true;
  }
}

/** What a person may do with a deployment as it stands. */
export const interventionsOf = (standing: Standing): Intervention[] =>
  ALLOWED[standing.summary.state].filter((one) => makesSense(one, standing));

/** What may be done about one host. */
export type UnitIntervention = "retry" | "skip" | "force" | "confirm" | "rollback";

const HELD: DeploymentState[] = ["halted", "rolling_back"];
const OPEN: DeploymentState[] = ["running", "paused", "halted"];
const TAKEN_BACK: DeploymentState[] = [...OPEN, "succeeded", "partly_succeeded", "aborted"];
const OPEN_FAILURES: UnitState[] = ["failed", "cancelled", "unknown"];

/** What a person may decide about a host that stands so. */
export function unitInterventionsOf({ state, direction, action }: Pick<DeploymentSummary, "state" | "direction" | "action">, unit: Unit): UnitIntervention[] {
  const goesOn = state === "running" && unit.state === "failed";
  const all: UnitIntervention[] = [];
  if ((HELD.includes(state) && OPEN_FAILURES.includes(unit.state)) || goesOn) all.push("retry");
  if ((HELD.includes(state) && OPEN_FAILURES.includes(unit.state)) || (OPEN.includes(state) && unit.state === "pending")) all.push("skip");
  if (HELD.includes(state) && (unit.state === "unknown" || unit.state === "failed")) all.push("force");
  if ([...OPEN, ...HELD].includes(state) && unit.state === "unknown") all.push("confirm");
  const isChanged = unit.state === "succeeded" || ((unit.state === "failed" || unit.state === "unknown") && !isUntouchedFailure(unit));
  if (TAKEN_BACK.includes(state) && direction === "forward" && action !== "run" && isChanged) all.push("rollback");
  return all;
}

const ENDED_FORWARD: DeploymentState[] = ["succeeded", "partly_succeeded", "aborted"];
const INSTALLS: Action[] = ["deploy", "upgrade"];
/** Several packages go back to what each host had, whichever way they went. */
const INSTALL_SEVERAL: Action[] = [...INSTALLS, "downgrade"];

/** What has ended is taken back by a deployment of its own, if it brought versions. */
export const canBeTakenBack = ({ state, action, direction, also = [] }: Pick<DeploymentSummary, "state" | "action" | "direction" | "also">): boolean =>
  ENDED_FORWARD.includes(state) && (also.length > 0 ? INSTALL_SEVERAL : INSTALLS).includes(action) && direction === "forward";

const AGAIN: Action[] = ["deploy", "upgrade", "run"];

/** Whether the hosts at which it failed can be taken up by another one. */
export const canGoAgain = (summary: DeploymentSummary): boolean => summary.ended_at != null && AGAIN.includes(summary.action) && hasFailures(summary);

const UNTOUCHED: UnitState[] = ["pending", "preparing", "prepared", "cancelled"];
const IN_FLIGHT: UnitState[] = ["preparing", "prepared", "switching", "baking", "restoring", "retiring", "unknown"];
const SWITCHING: UnitState[] = ["switching", "restoring", "unknown"];
const CHANGED: UnitState[] = ["succeeded", "baking", "retiring"];

/** What a failure may leave behind that is as it was before. */
const AS_BEFORE: Aftermath[] = ["untouched", "restored", "removed", "ran"];

const isUntouchedFailure = ({ state, failure }: Unit) =>
  (state === "failed" || state === "skipped") && failure?.aftermath != null && AS_BEFORE.includes(failure.aftermath);

/** The states of which an intervention names the hosts. */
export const NAMED = ["failed", "cancelled", "unknown", "skipped"] as const satisfies UnitState[];

/** Some of the units in a state, and how many there are. */
export interface Some {
  units: readonly Unit[];
  total: number;
}

/** Hosts of which some are named. */
export interface NamedHosts {
  hosts: string[];
  /** How many more there are. */
  more: number;
}

/** What an intervention would do to the units: by how many there are in each state, and by some of those in the states that are named. */
export function touched(counts: UnitCounts, some: Partial<Record<UnitState, Some>>) {
  const of = (states: UnitState[]) => states.reduce((all, state) => all + (counts[state] ?? 0), 0);
  const named = (states: UnitState[]): NamedHosts => {
    const found = states.flatMap((state) => some[state] ?? []);
    const hosts = [...new Set(found.flatMap(({ units }) => units.map(({ host_name }) => host_name)))];
    return { hosts, more: found.reduce((all, { units, total }) => all + total - units.length, 0) };
  };
  const ended = [...(some.failed?.units ?? []), ...(some.skipped?.units ?? [])];
  const all = Object.keys(counts) as UnitState[];
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
    again: named(["failed", "cancelled", "unknown"]),
    /** What a retry tries again although nobody knows what stands there. */
    unknown: named(["unknown"]),
    /** What a roll-back takes back. */
    back: of(all.filter((state) => !UNTOUCHED.includes(state))) - ended.filter(isUntouchedFailure).length,
  };
}
