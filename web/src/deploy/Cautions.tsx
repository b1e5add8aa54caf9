// What a person should know before applying a plan.

import { Alert } from "antd";

import type { PlanPreview } from "../api/types";
import { useT } from "../i18n";
import { Prose } from "../ui/Prose";
import { otherCautions } from "../variables/unresolved";

export function Cautions({ plan }: { plan: PlanPreview }) {
  const t = useT();
  // Variables without a value have a place of their own.
  const lines = otherCautions(plan)?.map((one) => t.plan.cautionOf(one) ?? one.text) ?? plan.warnings;
  if (lines.length === 0) return null;
  return (
    <Alert
      type="warning"
      showIcon
      className="problem"
      title={t.plan.warnings}
      description={
        <ul className="plain-list">
          {lines.map((line) => (
            <li key={line}>
              <Prose text={line} />
            </li>
          ))}
        </ul>
      }
    />
  );
}
