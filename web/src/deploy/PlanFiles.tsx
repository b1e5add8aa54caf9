// The files that a plan renders. Each can be seen on any of its hosts, before and after.

import { Button, Tag } from "antd";

import type { HostChange } from "../api/types";
import { useT } from "../i18n";

interface Props {
  change: HostChange;
  onShow: (path: string) => void;
}

export function PlanFiles({ change: { rendered = [], changes_values: isOther = false }, onShow }: Props) {
  const t = useT();
  if (rendered.length === 0) return null;
  return (
    <section className="plan-files">
      <h3>
        {t.plan.rendered} {isOther && <Tag color="warning">{t.plan.otherValues}</Tag>}
      </h3>
      <ul>
        {rendered.map((path) => (
          <li key={path}>
            <Button type="link" size="small" className="file-link" onClick={() => onShow(path)}>
              <code>{path}</code>
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
