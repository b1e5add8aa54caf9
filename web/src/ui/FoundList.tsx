// What was found in a text that is open beside it: the gravest first, each leading to its line.

import { Button, Tag } from "antd";

import type { Found } from "../checks/found";
import type { Place } from "../editor/marks";
import { useT } from "../i18n";
import { SEVERITY_COLOURS, SEVERITY_RANK } from "./Findings";
import { Prose } from "./Prose";

export function FoundList({ found, onPlace }: { found: readonly Found[]; onPlace: (place: Place) => void }) {
  const t = useT();
  const line = (one: Found) => one.place?.line ?? 0;
  const sorted = [...found].sort((a, b) => SEVERITY_RANK[a.severity] - SEVERITY_RANK[b.severity] || line(a) - line(b));
  return (
    <ul className="findings">
      {sorted.map(({ rule, severity, place, message, hint, excerpt }, index) => (
        <li key={index}>
          <div className="found-head">
            <Tag color={SEVERITY_COLOURS[severity]}>{t.common.severities[severity]}</Tag>
            <code>{rule}</code>
            {place && (
              <Button type="link" size="small" onClick={() => onPlace({ line: place.line, column: place.column })}>
                {t.editor.toLine(place.line)}
              </Button>
            )}
          </div>
          <p>
            <Prose text={message} />
          </p>
          {excerpt && <code className="excerpt">{excerpt}</code>}
          {hint && (
            <p className="faint">
              <Prose text={hint} />
            </p>
          )}
        </li>
      ))}
    </ul>
  );
}
