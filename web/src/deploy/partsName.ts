import type { DeploymentSummary } from "../api/types";
import type { Dictionary } from "../i18n/en";
import { partTexts } from "./parts";

/** What a deployment brings, short: the package that it is named by, and how many more. */
export function partsName(summary: Pick<DeploymentSummary, "package" | "version" | "also">, t: Dictionary): string {
  const [first = "", ...more] = partTexts(summary);
  return more.length > 0 ? t.deployments.andMore(first, more.length) : first;
}
