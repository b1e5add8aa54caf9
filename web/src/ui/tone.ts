// What a state means to the eye. A tone never stands alone: its word or its shape is always beside it.

import type { DeploymentState, Health, HostState, InstanceState, UnitState, VersionState } from "../api/types";

export type Tone = "idle" | "active" | "good" | "warn" | "bad" | "odd";

export const unitTone: Record<UnitState, Tone> = {
  pending: "idle",
  preparing: "active",
  prepared: "active",
  switching: "active",
  baking: "active",
  restoring: "warn",
  retiring: "active",
  succeeded: "good",
  failed: "bad",
  unknown: "odd",
  cancelled: "idle",
  skipped: "idle",
};

export const deploymentTone: Record<DeploymentState, Tone> = {
  running: "active",
  paused: "warn",
  halted: "bad",
  rolling_back: "warn",
  aborting: "warn",
  succeeded: "good",
  partly_succeeded: "warn",
  rolled_back: "warn",
  aborted: "idle",
  failed: "bad",
  superseded: "idle",
};

export const healthTone: Record<Health, Tone> = { healthy: "good", unhealthy: "bad", unknown: "idle" };
export const hostTone: Record<HostState, Tone> = { online: "good", offline: "bad" };
export const instanceTone: Record<InstanceState, Tone> = { running: "good", stopped: "idle" };
export const versionTone: Record<VersionState, Tone> = { published: "good", yanked: "warn", banned: "bad" };
