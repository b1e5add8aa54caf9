// What a plan does to databases: which, from where to where, with which scripts, and whether there is a way back.

import { Tag } from "antd";

import type { HostChange } from "../api/types";
import { ChainSteps } from "../database/Chain";
import { useT } from "../i18n";
import { HostLink } from "../table/links";

export function Migrations({ change: { migrations = [] } }: { change: HostChange }) {
  const t = useT();
  if (migrations.length === 0) return null;
  return (
    <section className="plan-files">
      <h3>{t.targets.title}</h3>
      {migrations.map(({ target, database, host, from, to, steps, has_way_back: hasWayBack }) => (
        <div key={target} className="plan-migration">
          <strong>{target}</strong> <code>{database}</code>{" "}
          <span className="num">{t.database.increment(from ?? t.database.emptyDatabase, to ?? t.database.emptyDatabase)}</span>{" "}
          <span className="faint">{t.targets.host}</span> <HostLink name={host} /> {!hasWayBack && steps.length > 0 && <Tag color="warning">{t.database.noWayBack}</Tag>}
          {steps.length === 0 ? <p className="faint">{t.database.nothingToDo}</p> : <ChainSteps steps={steps} />}
        </div>
      ))}
    </section>
  );
}
