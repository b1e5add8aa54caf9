// A host gets all packages of a deployment or none: what became of a package there because of another one. Pure.

import type { Unit } from "../api/types";
import type { Dictionary } from "../i18n/en";

/** What became of a unit that did not fail itself, and the package because of which; nothing of one that did. */
export function followed({ state, failure }: Pick<Unit, "state" | "failure">, t: Dictionary): string | undefined {
  if (!failure?.companion) return undefined;
  const { companion, aftermath } = failure;
  if (state === "restoring") return t.deployment.followed.goingBack(companion);
  if (state !== "failed") return undefined;
  if (aftermath === "untouched") return t.deployment.followed.notBegun(companion);
  return aftermath === "restored" || aftermath === "removed" ? t.deployment.followed.wentBack(companion) : undefined;
}
