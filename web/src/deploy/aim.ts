// Where a deployment is aimed, as the address of the page says it and as the API takes it. Pure.

import type { Health, InstanceState, Targets } from "../api/types";
import { oneOf, text, texts } from "../search";

/** Everything that narrows it. */
export interface Aim {
  modules: string[] | undefined;
  /** A label selector. */
  labels: string | undefined;
  state: InstanceState | undefined;
  health: Health | undefined;
  /** The version that the hosts have now. */
  current: string | undefined;
  /** The deployment that failed at them. */
  failed_in: string | undefined;
}

export const INSTANCE_STATES: InstanceState[] = ["running", "stopped"];
export const HEALTHS: Health[] = ["healthy", "unhealthy", "unknown"];

export const readAim = (search: Record<string, unknown>): Aim => ({
  modules: texts(search, "modules"),
  labels: text(search, "labels"),
  state: oneOf(search, "state", INSTANCE_STATES),
  health: oneOf(search, "health", HEALTHS),
  current: text(search, "current"),
  failed_in: text(search, "failed_in"),
});

/** What can be cleared without another module being chosen. */
export const NO_FILTERS = { labels: undefined, state: undefined, health: undefined, current: undefined, failed_in: undefined } satisfies Partial<Aim>;

export const isFiltered = (aim: Partial<Aim>): boolean => Object.keys(NO_FILTERS).some((key) => aim[key as keyof typeof NO_FILTERS] !== undefined);

/** Whether it says enough: which modules, or else which of all hosts. */
export const isAimed = (aim: Partial<Aim>): boolean => (aim.modules ?? []).length > 0 || isFiltered(aim);

export const targetsOf = ({ modules = [], labels, state, health, current, failed_in }: Partial<Aim>): Targets => ({
  modules,
  hosts: [],
  ...(labels === undefined ? {} : { labels }),
  ...(state === undefined ? {} : { state }),
  ...(health === undefined ? {} : { health }),
  ...(current === undefined ? {} : { version: current }),
  ...(failed_in === undefined ? {} : { failed_in }),
});

/** Back from what was asked for. Hosts that it names are no part of the address. */
export const aimOf = ({ modules, labels, state, health, version, failed_in }: Targets): Aim => ({
  modules: modules.length > 0 ? modules : undefined,
  labels: labels ?? undefined,
  state: state ?? undefined,
  health: health ?? undefined,
  current: version ?? undefined,
  failed_in: failed_in ?? undefined,
});
