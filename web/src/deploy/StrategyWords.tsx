// A strategy in a line.

import type { Strategy } from "../api/types";
import { useT } from "../i18n";

export function StrategyWords({ strategy }: { strategy: Partial<Strategy> }) {
  const t = useT();
  const { canary = 0, batch = "100%", bake_seconds: bake = 0, on_failure: onFailure = "stop" } = strategy;
  const { pause, pause_seconds: pauseSeconds, error_threshold: errors, success_threshold: successes, order } = strategy;
  const words = [
    ...(canary > 0 ? [`${t.deploy.canary} ${canary}`] : []),
    `${t.deploy.batch} ${batch}`,
    ...(order?.startsWith("label:") ? [`${t.deploy.orderLabel} ${order.slice("label:".length)}`] : []),
    ...(strategy.max_unavailable ? [`${t.deploy.maxUnavailable} ${strategy.max_unavailable}`] : []),
    ...(bake > 0 ? [`${t.deploy.bake} ${bake} ${t.deploy.seconds}`] : []),
    ...(pause && pause !== "none" ? [`${t.deploy.pause}: ${t.deploy.pauses[pause]}`] : []),
    ...(pauseSeconds ? [`${t.deploy.pauseSeconds} ${pauseSeconds} ${t.deploy.seconds}`] : []),
    ...(errors ? [`${t.deploy.errorThreshold} ${errors}`] : []),
    ...(successes ? [`${t.deploy.successThreshold} ${successes}%`] : []),
    `${t.deploy.onFailure}: ${t.deploy.onFailures[onFailure]}`,
  ];
  return <span className="faint num">{words.join(" · ")}</span>;
}
