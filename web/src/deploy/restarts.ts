// What a plan does to what runs. Pure.

import type { Step } from "../api/types";

export type Interruption = "none" | "stop" | "start" | "restart";

/** What becomes of the application while its steps run as they should. */
export function interruptionOf(steps: readonly Step[]): Interruption {
  const kinds = new Set(steps.filter(({ phase }) => phase === "switch").map(({ kind }) => kind));
  const stops = kinds.has("stop") || kinds.has("pre_stop");
  if (kinds.has("restart") || (stops && kinds.has("start"))) return "restart";
  if (stops) return "stop";
  return kinds.has("start") ? "start" : "none";
}
