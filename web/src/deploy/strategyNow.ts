import type { DeploymentDetail, Strategy } from "../api/types";

/** How a deployment proceeds by now: as was asked for, until somebody changed its batches. */
export const strategyNow = ({ strategy, spec }: DeploymentDetail): Strategy =>
  strategy ?? spec.strategy ?? { canary: 0, batch: "100%", max_unavailable: null, on_failure: "stop", bake_seconds: 0, unit_timeout_seconds: 1800 };
