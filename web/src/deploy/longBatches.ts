// The batches of a deployment by the numbers that the server gives. Pure.

import type { BatchSummary, UnitCounts, UnitState } from "../api/types";

export const totalOf = (units: UnitCounts): number => Object.values(units).reduce((all, count) => all + count, 0);

/** The states in which a batch has hosts, each with how many. */
export const statesOf = (units: UnitCounts): [UnitState, number][] => (Object.entries(units) as [UnitState, number][]).filter(([, count]) => count > 0);

const DONE: UnitState[] = ["succeeded", "skipped"];

/** The batch that is looked at first: the first one that has not come to its good end. */
export const openedFirst = (batches: readonly BatchSummary[]): number | undefined =>
  batches.find(({ units }) => statesOf(units).some(([state]) => !DONE.includes(state)))?.number;
