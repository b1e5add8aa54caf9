// The units of a deployment as a map that reads and events both feed. Pure.

import type { Unit } from "./types";

export type Units = ReadonlyMap<string, Unit>;

// Parsed, since timestamps carry as many decimals as they need and so do not compare as text.
const isNewer = (a: Unit, b: Unit) => Date.parse(a.updated_at) >= Date.parse(b.updated_at);

/** Takes in what an event says. */
export function mergeUnits(known: Units, changed: readonly Unit[]): Units {
  const units = new Map(known);
  for (const unit of changed) {
    const before = units.get(unit.id);
    if (!before || isNewer(unit, before)) units.set(unit.id, unit);
  }
  return units;
}

/** Takes in a whole reading: what it lacks is of an earlier plan and goes, but a newer event about what it has stays. */
export function replaceUnits(known: Units, read: readonly Unit[]): Units {
  const units = new Map<string, Unit>();
  for (const unit of read) {
    const before = known.get(unit.id);
    units.set(unit.id, before && !isNewer(unit, before) ? before : unit);
  }
  return units;
}

/** The units by batch, each batch by host name. */
export function byBatch(units: Units): Unit[][] {
  const batches: Unit[][] = [];
  for (const unit of units.values()) (batches[unit.batch] ??= []).push(unit);
  for (let number = 0; number < batches.length; number++) batches[number] ??= [];
  const collator = new Intl.Collator("en", { numeric: true });
  for (const batch of batches) batch.sort((a, b) => collator.compare(a.host_name, b.host_name));
  return batches;
}
