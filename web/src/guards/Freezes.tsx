// Times in which nothing new starts.

import { Button } from "antd";
import { useState } from "react";

import type { Freeze, FreezeSchedule } from "../api/types";
import { useI18n, useT } from "../i18n";
import { formatExact } from "../i18n/format";
import { QueryTable, type Column } from "../table/QueryTable";
import { Ago } from "../ui/Ago";
import { Blank } from "../ui/Blank";
import { ProblemView } from "../ui/ProblemView";
import { State } from "../ui/State";
import { ScopeWords } from "../variables/ScopeWords";
import { FreezeDialog } from "./FreezeDialog";
import { useFreezeRemoval } from "./queries";
import { useAsk } from "./useAsk";

export function Freezes() {
  const t = useT();
  const ask = useAsk();
  const [edited, setEdited] = useState<Freeze | "new">();
  const removal = useFreezeRemoval();
  const columns: Column<Freeze>[] = [
    {
      key: "name",
      title: t.guards.freeze,
      render: (row) => (
        <div className="two-lines">
          <strong>{row.name}</strong>
          <span className="faint clip">{row.message}</span>
        </div>
      ),
    },
    { key: "scope", title: t.guards.where, render: (row) => <ScopeWords scope={row.scope} /> },
    { key: "when", title: t.guards.when, render: (row) => <ScheduleWords schedule={row.schedule} /> },
    {
      key: "now",
      title: t.guards.now,
      render: (row) =>
        row.holds_until ? (
          <State tone="warn">
            {t.guards.holdsUntil} <Ago at={row.holds_until} />
          </State>
        ) : (
          <State tone="idle">{t.guards.holdsNot}</State>
        ),
    },
    { key: "by", title: t.values.changedBy, optional: true, render: (row) => row.updated_by },
    {
      key: "actions",
      title: t.package.actions,
      align: "right",
      render: (row) => (
        <span className="row-actions">
          <Button type="text" size="small" aria-label={t.values.changeTitle(row.name)} onClick={() => setEdited(row)}>
            {t.values.change}
          </Button>
          <Button
            type="text"
            size="small"
            danger
            aria-label={t.vault.removeTitle(row.name)}
            onClick={() => ask(t.vault.removeTitle(row.name), t.guards.freezeRemoveText, () => removal.mutateAsync(row))}
          >
            {t.common.remove}
          </Button>
        </span>
      ),
    },
  ];
  const add = (
    <Button type="primary" onClick={() => setEdited("new")}>
      {t.guards.addFreeze}
    </Button>
  );
  return (
    <>
      {removal.isError && <ProblemView error={removal.error} />}
      <QueryTable<Freeze>
        noun="freezes"
        path="/freezes"
        rowKey={(row) => row.name}
        columns={columns}
        toolbar={add}
        empty={<Blank title={t.guards.noFreezes} hint={t.guards.noFreezesHint} />}
      />
      {edited && <FreezeDialog freeze={edited === "new" ? undefined : edited} onClose={() => setEdited(undefined)} />}
    </>
  );
}

function ScheduleWords({ schedule }: { schedule: FreezeSchedule }) {
  const { t, language } = useI18n();
  if (schedule.kind === "once") {
    return <span className="num">{`${formatExact(Date.parse(schedule.from), language)} – ${formatExact(Date.parse(schedule.until), language)}`}</span>;
  }
  const days = schedule.days.map((day) => t.guards.days[day]).join(" ");
  return <span className="num">{`${days} ${schedule.start}–${schedule.end}, ${schedule.time_zone}`}</span>;
}
