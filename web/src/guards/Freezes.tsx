// Times in which nothing new starts.

import type { Freeze, FreezeSchedule } from "../api/types";
import { useI18n, useT } from "../i18n";
import { formatExact } from "../i18n/format";
import { EditableList } from "../table/EditableList";
import { Ago } from "../ui/Ago";
import { State } from "../ui/State";
import { ScopeWords } from "../variables/ScopeWords";
import { FreezeDialog } from "./FreezeDialog";
import { useFreezeRemoval } from "./queries";

export function Freezes() {
  const t = useT();
  return (
    <EditableList<Freeze>
      noun="freezes"
      path="/freezes"
      words={{ add: t.guards.addFreeze, remove: t.guards.freezeRemoveText, empty: t.guards.noFreezes, emptyHint: t.guards.noFreezesHint }}
      rowKey={(row) => row.name}
      nameOf={(row) => row.name}
      columns={[
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
      ]}
      removal={useFreezeRemoval()}
      dialog={(freeze, onClose) => <FreezeDialog freeze={freeze} onClose={onClose} />}
    />
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
