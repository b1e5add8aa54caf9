// What was found in a text, in one form for lists and marks, whoever found it. Pure.

import type { DangerFinding, Finding, SqlCheck } from "../api/types";
import type { Mark, Place } from "../editor/marks";

export interface Found {
  rule: string;
  severity: Finding["severity"];
  /** Where it begins, and where it ends if that is known: lines and columns from 1, in UTF-16 units, the end exclusive. */
  place?: (Place & { end_line?: number; end_column?: number }) | undefined;
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

/** Words of the console's own for a rule, where it has any. */
export type RuleWords = (rule: string) => string | undefined;

export const foundInScript = (finding: DangerFinding, words: RuleWords): Found => ({
  rule: finding.rule,
  severity: severityOf(finding),
  place: finding.span,
  message: words(finding.rule) ?? finding.message,
  excerpt: finding.text,
});

export const foundInSql = ({ rule, severity, span, message, hint }: SqlCheck["findings"][number], words: RuleWords): Found => ({
  rule,
  severity,
  place: span,
  message: words(rule) ?? message,
  hint,
});

export const foundInConfig = ({ rule, severity, place, message, hint }: Finding): Found => ({
  rule,
  severity,
  place: place?.line ? { line: place.line, column: place.column ?? undefined } : undefined,
  message,
  hint,
});

const MARKED = { error: "error", warning: "warning", advice: "info" } as const;

/** The marks of findings: over the stretch of each, or the rest of its line where the end is not known or on a line further down. */
export const marksOf = (found: readonly Found[]): Mark[] =>
  found.flatMap(({ place, severity, message }) => {
    if (!place) return [];
    const { line, column, end_line: endLine, end_column: endColumn } = place;
    return [{ line, from: column, to: endLine === line ? endColumn : undefined, severity: MARKED[severity], message }];
  });
