// The strategy that deployments in an environment have by default. Pure.

import type { NamedStrategy, Topology } from "../api/types";

/** The default where all modules have the same environment; one for any environment otherwise. */
export function defaultOf(strategies: readonly NamedStrategy[], topology: Topology | undefined, modules: readonly string[]): NamedStrategy | undefined {
  const systems = (topology?.businesses ?? []).flatMap((business) => business.systems.map((system) => ({ path: `${business.name}/${system.name}`, environment: system.environment })));
  const environments = new Set(modules.map((path) => systems.find((system) => path.startsWith(`${system.path}/`))?.environment));
  const [only] = environments.size === 1 ? environments : [];
  const defaults = strategies.filter((one) => one.is_default);
  return defaults.find(({ environment }) => environment != null && environment === only) ?? defaults.find(({ environment }) => environment == null);
}
