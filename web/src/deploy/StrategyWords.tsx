// A strategy in a line.

import type { Strategy } from "../api/types";
import { useT } from "../i18n";

export function StrategyWords({ strategy }: { strategy: Strategy }) {
  const t = useT();
  const { pause, pause_seconds: pauseSeconds, error_threshold: errors, success_threshold: successes, order } = strategy;
  const words = [
    ...(strategy.canary > 0 ? [`${t.deploy.canary} ${strategy.canary}`] : []),
    `${t.deploy.batch} ${strategy.batch}`,
    ...(order?.startsWith("label:") ? [`${t.deploy.orderLabel} ${order.slice("label:".length)}`] : []),
    ...(strategy.max_unavailable ? [`${t.deploy.maxUnavailable} ${strategy.max_unavailable}`] : []),
    ...(strategy.bake_seconds > 0 ? [`${t.deploy.bake} ${strategy.bake_seconds} ${t.deploy.seconds}`] : []),
    ...(pause && pause !== "none" ? [`${t.deploy.pause}: ${t.deploy.pauses[pause]}`] : []),
    ...(pauseSeconds ? [`${t.deploy.pauseSeconds} ${pauseSeconds} ${t.deploy.seconds}`] : []),
    ...(errors ? [`${t.deploy.errorThreshold} ${errors}`] : []),
    ...(successes ? [`${t.deploy.successThreshold} ${successes}%`] : []),
    `${t.deploy.onFailure}: ${t.deploy.onFailures[strategy.on_failure]}`,
  ];
  return <span className="faint num">{words.join(" · ")}</span>;
}
