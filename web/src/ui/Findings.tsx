// What lint found: the gravest first, each with its place and what to do.

import { Tag } from "antd";

import type { Finding } from "../api/types";
import { useT } from "../i18n";
import { Prose } from "./Prose";

const RANK: Record<Finding["severity"], number> = { error: 0, warning: 1, advice: 2 };
const COLOURS: Record<Finding["severity"], string> = { error: "error", warning: "warning", advice: "default" };

export function Findings({ findings, onPlace }: { findings: readonly Finding[]; onPlace?: ((place: string) => void) | undefined }) {
  const t = useT();
  const sorted = [...findings].sort((a, b) => RANK[a.severity] - RANK[b.severity]);
  return (
    <ul className="findings">
      {sorted.map((finding, index) => (
        <li key={index}>
          <Tag color={COLOURS[finding.severity]}>{t.common.severities[finding.severity]}</Tag>
          <code>{finding.rule}</code>{" "}
          {finding.place && (onPlace ? <a onClick={() => onPlace(finding.place)}><code>{finding.place}</code></a> : <code>{finding.place}</code>)}
          <p>
            <Prose text={finding.message} />
          </p>
          <p className="faint">
            <Prose text={finding.hint} />
          </p>
        </li>
      ))}
    </ul>
  );
}
