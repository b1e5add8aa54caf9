// A retention rule in a sentence.

import type { RetentionRule } from "../api/types";
import { useT } from "../i18n";

export function RuleWords({ rule }: { rule: RetentionRule | null | undefined }) {
  const t = useT();
  if (!rule) return t.retention.keepsAll;
  const { keep_last, keep_last_deployed, keep_used_days, keep_tags = [] } = rule;
  const parts = [
    keep_last && t.retention.says.last(keep_last),
    keep_last_deployed && t.retention.says.deployed(keep_last_deployed),
    keep_used_days && t.retention.says.days(keep_used_days),
    keep_tags.length > 0 && t.retention.says.tags(keep_tags),
  ].filter((part) => typeof part === "string");
  return t.retention.sentence(parts);
}
