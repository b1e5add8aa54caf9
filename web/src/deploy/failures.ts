// Whether a deployment left hosts behind at which it failed. Pure.

import type { DeploymentState, DeploymentSummary } from "../api/types";

/** These have failed somewhere, although the units of the plan that is current may not show it. */
const AFTER_FAILURE: DeploymentState[] = ["halted", "rolled_back", "failed", "partly_succeeded"];

export const hasFailures = ({ state, units }: Pick<DeploymentSummary, "state" | "units">): boolean =>
  AFTER_FAILURE.includes(state) || ["failed", "unknown", "skipped"].some((unit) => (units[unit] ?? 0) > 0);
