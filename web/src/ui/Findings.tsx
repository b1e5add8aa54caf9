// What lint found: the gravest first, each with its place and what to do.

import { Tag } from "antd";

import type { Finding } from "../api/types";
import { useT } from "../i18n";
import { Prose } from "./Prose";

const RANK: Record<Finding["severity"], number> = { error: 0, warning: 1, advice: 2 };
const COLOURS: Record<Finding["severity"], string> = { error: "error", warning: "warning", advice: "default" };

interface Props {
  findings: readonly Finding[];
  /** Shows the place of a finding that has one. */
  onPlace?: ((finding: Finding) => void) | undefined;
}

/** `conf/a.json:2:1`, with as much as is known. */
const placeOf = ({ place }: Finding) => place && [place.path, place.line, place.column].filter((part) => part != null).join(":");

export function Findings({ findings, onPlace }: Props) {
  const t = useT();
  const sorted = [...findings].sort((a, b) => RANK[a.severity] - RANK[b.severity]);
  return (
    <ul className="findings">
      {sorted.map((finding, index) => (
        <li key={index}>
          <Tag color={COLOURS[finding.severity]}>{t.common.severities[finding.severity]}</Tag>
          <code>{finding.rule}</code>{" "}
          {finding.place && (onPlace ? <a onClick={() => onPlace(finding)}><code>{placeOf(finding)}</code></a> : <code>{placeOf(finding)}</code>)}
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

export { COLOURS as SEVERITY_COLOURS, RANK as SEVERITY_RANK };
