// A strategy in a line.

import type { Strategy } from "../api/types";
import { useT } from "../i18n";

export function StrategyWords({ strategy }: { strategy: Strategy }) {
  const t = useT();
  const words = [
    ...(strategy.canary > 0 ? [`${t.deploy.canary} ${strategy.canary}`] : []),
    `${t.deploy.batch} ${strategy.batch}`,
    ...(strategy.max_unavailable ? [`${t.deploy.maxUnavailable} ${strategy.max_unavailable}`] : []),
    ...(strategy.bake_seconds > 0 ? [`${t.deploy.bake} ${strategy.bake_seconds} ${t.deploy.seconds}`] : []),
    `${t.deploy.onFailure}: ${strategy.on_failure === "stop" ? t.deploy.onFailureStop : t.deploy.onFailureRollback}`,
  ];
  return <span className="faint num">{words.join(" · ")}</span>;
}
