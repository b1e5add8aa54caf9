// A strategy as a form holds it, and back. Pure.

import type { OnFailure, Pause, Strategy } from "../api/types";
import { isAmount } from "../deploy/batches";

/** Empty is what the server decides. */
export interface StrategyFields {
  canary: number | null;
  batch: string;
  /** The label by whose value hosts go; by name if it is empty. */
  order_label: string;
  max_unavailable: string;
  pause: Pause;
  pause_seconds: number | null;
  success_threshold: number | null;
  error_threshold: string;
  on_failure: OnFailure;
  bake_seconds: number | null;
  unit_timeout_seconds: number | null;
  step_timeout_seconds: number | null;
  progress_seconds: number | null;
}

export const ON_FAILURE: OnFailure[] = ["stop", "ask", "rollback", "ignore"];
export const PAUSES: Pause[] = ["none", "after_canary", "between_batches"];

export const DEFAULT_STRATEGY: StrategyFields = {
  canary: 0,
  batch: "100%",
  order_label: "",
  max_unavailable: "",
  pause: "none",
  pause_seconds: 0,
  success_threshold: null,
  error_threshold: "",
  on_failure: "stop",
  bake_seconds: 0,
  unit_timeout_seconds: 1800,
  step_timeout_seconds: null,
  progress_seconds: null,
};

const LABEL = "label:";

export const fieldsOf = (strategy: Partial<Strategy>): StrategyFields => ({
  canary: strategy.canary ?? DEFAULT_STRATEGY.canary,
  batch: strategy.batch ?? DEFAULT_STRATEGY.batch,
  order_label: strategy.order?.startsWith(LABEL) ? strategy.order.slice(LABEL.length) : "",
  max_unavailable: strategy.max_unavailable ?? "",
  pause: strategy.pause ?? DEFAULT_STRATEGY.pause,
  pause_seconds: strategy.pause_seconds ?? DEFAULT_STRATEGY.pause_seconds,
  success_threshold: strategy.success_threshold ?? null,
  error_threshold: strategy.error_threshold ?? "",
  on_failure: strategy.on_failure ?? DEFAULT_STRATEGY.on_failure,
  bake_seconds: strategy.bake_seconds ?? DEFAULT_STRATEGY.bake_seconds,
  unit_timeout_seconds: strategy.unit_timeout_seconds ?? DEFAULT_STRATEGY.unit_timeout_seconds,
  step_timeout_seconds: strategy.step_timeout_seconds ?? null,
  progress_seconds: strategy.progress_seconds ?? null,
});

/** What is seldom changed is left out where it is as it begins. */
export function strategyOf(fields: StrategyFields): Partial<Strategy> {
  const label = fields.order_label.trim();
  const errors = fields.error_threshold.trim();
  return {
    canary: fields.canary ?? 0,
    batch: fields.batch.trim(),
    max_unavailable: fields.max_unavailable.trim() || null,
    on_failure: fields.on_failure,
    bake_seconds: fields.bake_seconds ?? 0,
    unit_timeout_seconds: fields.unit_timeout_seconds ?? 1800,
    ...(label ? { order: LABEL + label } : {}),
    ...(fields.pause === "none" ? {} : { pause: fields.pause }),
    ...(fields.pause_seconds ? { pause_seconds: fields.pause_seconds } : {}),
    ...(fields.success_threshold ? { success_threshold: fields.success_threshold } : {}),
    ...(errors ? { error_threshold: errors } : {}),
    ...(fields.step_timeout_seconds ? { step_timeout_seconds: fields.step_timeout_seconds } : {}),
    ...(fields.progress_seconds ? { progress_seconds: fields.progress_seconds } : {}),
  };
}

/** Whether what is seldom changed is otherwise than it begins; then it is shown. */
export const hasMore = (fields: StrategyFields): boolean =>
  (["order_label", "max_unavailable", "pause_seconds", "success_threshold", "error_threshold", "unit_timeout_seconds", "step_timeout_seconds", "progress_seconds"] as const).some(
    (name) => fields[name] !== DEFAULT_STRATEGY[name],
  );

/** Whether the text is a number of hosts that may fail, or a percentage of them, or nothing. */
export const isAmountOrNothing = (text: string): boolean => text.trim() === "" || isAmount(text.trim());

/** Whether the text can be the key of a label, or is nothing. */
export const isLabelKeyOrNothing = (text: string): boolean => /^(([a-z0-9.-]+\/)?[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$/.test(text.trim());
