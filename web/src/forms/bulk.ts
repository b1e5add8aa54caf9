// What an operation on many instances asks for: those that were chosen, or all that match the filters of the list. Pure.

import type { Environment, Health, Instance, InstanceOperation, InstanceSelection, InstanceState, Strategy } from "../api/types";

export type BulkAction = "start" | "stop" | "restart" | "upgrade" | "downgrade" | "uninstall";

export const BULK_ACTIONS: BulkAction[] = ["start", "stop", "restart", "upgrade", "downgrade", "uninstall"];

/** These bring a version, and so are about one package. */
export const BRINGS: BulkAction[] = ["upgrade", "downgrade"];

/** Which instances are meant. What a filter means is found out when it is planned. */
export type Meant = { are: "chosen"; instances: readonly Instance[] } | { are: "matching"; filter: InstanceSelection; count: number };

/** What is said beside the action: the version that it brings, or what becomes of data. */
export interface BulkDetail {
  version?: string | undefined;
  removesData?: boolean;
}

/** The filters of the list. */
export interface InstanceFilters {
  package?: string | undefined;
  module?: string | undefined;
  host?: string | undefined;
  version?: string | undefined;
  state?: InstanceState | undefined;
  health?: Health | undefined;
  environment?: Environment | undefined;
  drift?: "some" | "none" | undefined;
}

/** The filters as an operation takes them; nothing if they say nothing. */
export function selectionOf(filters: InstanceFilters): InstanceSelection | undefined {
  const { package: name, module, host, version, state, health, environment, drift } = filters;
  const selection = {
    ...(name === undefined ? {} : { package: name }),
    ...(module === undefined ? {} : { modules: [module] }),
    ...(host === undefined ? {} : { hosts: [host] }),
    ...(version === undefined ? {} : { version }),
    ...(state === undefined ? {} : { state }),
    ...(health === undefined ? {} : { health }),
    ...(environment === undefined ? {} : { environment }),
    ...(drift === undefined ? {} : { drift }),
  };
  return Object.keys(selection).length > 0 ? selection : undefined;
}

export const countOf = (meant: Meant): number => (meant.are === "chosen" ? meant.instances.length : meant.count);

/** The one package that is meant, as far as it is known. */
export function packageOf(meant: Meant): string | undefined {
  if (meant.are === "matching") return meant.filter.package ?? undefined;
  const [only, ...others] = new Set(meant.instances.map((one) => one.package));
  return others.length === 0 ? only : undefined;
}

export function operationOf(action: BulkAction, meant: Meant, strategy: Partial<Strategy>, { version, removesData = false }: BulkDetail = {}): InstanceOperation {
  return {
    action,
    ...(meant.are === "chosen"
      ? { instances: meant.instances.map(({ host_name: host, package: name }) => ({ host, package: name })) }
      : { filter: meant.filter }),
    ...(BRINGS.includes(action) && version ? { version } : {}),
    ...(action === "uninstall" && removesData ? { data: "remove" as const } : {}),
    strategy,
  };
}
