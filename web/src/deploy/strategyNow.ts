import type { DeploymentDetail, Strategy } from "../api/types";

/** How a deployment proceeds by now: as was asked for, until somebody changed its batches. */
export const strategyNow = ({ strategy, spec }: Pick<DeploymentDetail, "strategy" | "spec">): Partial<Strategy> => strategy ?? spec.strategy ?? {};
