// The units of a deployment, read page by page and kept current by events. Pure.

import type { Page, Unit, UnitState } from "./types";

/** Which units a list has; all if nothing is said. */
export interface UnitFilter {
  /** Of this batch, from 0. */
  batch?: number | undefined;
  state?: UnitState | undefined;
}

/** The pages of a list that were read. */
export interface UnitPages {
  pages: Page<Unit>[];
  pageParams: unknown[];
}

export const unitsOf = (known: UnitPages | undefined): Unit[] => known?.pages.flatMap(({ items }) => items) ?? [];

// Parsed, since timestamps carry as many decimals as they need and so do not compare as text.
const isNewer = (a: Unit, b: Unit) => Date.parse(a.updated_at) >= Date.parse(b.updated_at);

/** Takes in what an event says of the units that were read. Others come with their page. */
export function mergeUnits(known: UnitPages, changed: readonly Unit[]): UnitPages {
  const news = new Map(changed.map((unit) => [unit.id, unit]));
  const merge = (unit: Unit) => {
    const next = news.get(unit.id);
    return next && isNewer(next, unit) ? next : unit;
  };
  const touches = ({ items }: Page<Unit>) => items.some(({ id }) => news.has(id));
  return { ...known, pages: known.pages.map((page) => (touches(page) ? { ...page, items: page.items.map(merge) } : page)) };
}

/** What events told a short while ago, by unit: a page that was on its way meanwhile may be older. */
export type Told = ReadonlyMap<string, { unit: Unit; at: number }>;

/** For so long, in milliseconds, an event is remembered: longer than any reading takes. */
const REMEMBERED = 60_000;

/** Remembers what an event says, and forgets what was told long ago. */
export function remember(told: Told, changed: readonly Unit[], now: number): Told {
  const kept = new Map([...told].filter(([, { at }]) => now - at < REMEMBERED));
  for (const unit of changed) kept.set(unit.id, { unit, at: now });
  return kept;
}

/** Takes in a reading: what an event said since of what it has stays. */
export function keepNewer(read: readonly Unit[], told: Told): Unit[] {
  return read.map((unit) => {
    const later = told.get(unit.id)?.unit;
    return later && !isNewer(unit, later) ? later : unit;
  });
}

/** The units by batch, each batch by host name. */
export function byBatch(units: readonly Unit[]): Unit[][] {
  const batches: Unit[][] = [];
  for (const unit of units) (batches[unit.batch] ??= []).push(unit);
  for (let number = 0; number < batches.length; number++) batches[number] ??= [];
  const collator = new Intl.Collator("en", { numeric: true });
  for (const batch of batches) batch.sort((a, b) => collator.compare(a.host_name, b.host_name));
  return batches;
}
