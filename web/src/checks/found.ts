// What was found in a text, in one form for lists and marks, whoever found it. Pure.

import type { DangerFinding, Finding, SqlCheck } from "../api/types";
import { markOf, type Mark, type Place } from "../editor/marks";
import type { ConfigFinding } from "./config";

export interface Found {
  rule: string;
  severity: Finding["severity"];
  place?: Place | undefined;
  message: string;
  hint?: string | undefined;
  /** What stands there. */
  excerpt?: string | undefined;
}

/** How grave a finding is: what blocks refuses a package. */
export function severityOf({ action, level }: Pick<DangerFinding, "action" | "level">): Finding["severity"] {
  if (action === "block") return "error";
  return level === "low" ? "advice" : "warning";
}

export const foundInScript = (finding: DangerFinding): Found => ({
  rule: finding.rule,
  severity: severityOf(finding),
  place: finding.span,
  message: finding.message,
  excerpt: finding.text,
});

export const foundInSql = ({ rule, severity, span, message, hint }: SqlCheck["findings"][number]): Found => ({
  rule,
  severity,
  place: span,
  message,
  hint,
});

export const foundInConfig = ({ rule, severity, place, message, hint }: ConfigFinding): Found => ({
  rule,
  severity,
  place: place?.line ? { line: place.line, column: place.column ?? undefined } : undefined,
  message,
  hint,
});

const MARKED = { error: "error", warning: "warning", advice: "info" } as const;

/** The mark of a finding whose stretch is known. */
export const markOfSpan = (span: Parameters<typeof markOf>[0], severity: Finding["severity"], message: string): Mark =>
  markOf(span, MARKED[severity], message);

/** The mark of a finding of which only the beginning is known: the rest of its line. */
export const markOfPlace = ({ place, severity, message }: Found): Mark[] =>
  place ? [{ line: place.line, from: place.column, severity: MARKED[severity], message }] : [];
