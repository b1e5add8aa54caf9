// What loading a project did, or would do, to each of its objects.

import { Segmented, Table } from "antd";
import { useState } from "react";

import type { LoadedObject, LoadOutcome, LoadReport } from "../api/types";
import { useI18n, useT } from "../i18n";
import { formatNumber } from "../i18n/format";
import { State } from "../ui/State";
import type { Tone } from "../ui/tone";
import { keyText } from "./keys";

const OUTCOMES: LoadOutcome[] = ["created", "updated", "unchanged"];
const TONES: Record<LoadOutcome, Tone> = { created: "good", updated: "active", unchanged: "idle" };
/** Rows of a table that is drawn whole. */
const AT_ONCE = 100;

export function Report({ report: { objects, notes } }: { report: LoadReport }) {
  const { t, language } = useI18n();
  const [shown, setShown] = useState<LoadOutcome | "all">("all");
  const words = (text: string, count: number) => `${text} ${formatNumber(count, language)}`;
  const count = (outcome: LoadOutcome) => objects.filter((one) => one.outcome === outcome).length;
  return (
    <div className="sections">
      <Segmented<LoadOutcome | "all">
        value={shown}
        aria-label={t.importProject.outcome}
        options={[
          { value: "all", label: words(t.compare.all, objects.length) },
          ...OUTCOMES.map((outcome) => ({ value: outcome, label: words(t.importProject.outcomes[outcome], count(outcome)) })),
        ]}
        onChange={setShown}
      />
      <Table<LoadedObject>
        size="small"
        rowKey={keyText}
        dataSource={shown === "all" ? objects : objects.filter(({ outcome }) => outcome === shown)}
        pagination={objects.length > AT_ONCE ? { pageSize: AT_ONCE, showSizeChanger: false } : false}
        columns={[
          {
            key: "object",
            title: t.importProject.object,
            render: (_, row) => (
              <>
                <code>({row.type})</code> {row.name}
              </>
            ),
          },
          {
            key: "outcome",
            title: t.importProject.outcome,
            width: 160,
            render: (_, row) => <State tone={TONES[row.outcome]}>{t.importProject.outcomes[row.outcome]}</State>,
          },
          { key: "relations", title: t.importProject.relations, render: (_, row) => <Relations object={row} /> },
        ]}
      />
      {notes.length > 0 && (
        <section>
          <h3>{t.importProject.notes}</h3>
          <ul className="plain-list">
            {notes.map((note, index) => (
              <li key={index}>{note}</li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}

function Relations({ object: { added, removed } }: { object: LoadedObject }) {
  const t = useT();
  if (added.length + removed.length === 0) return <span className="faint">–</span>;
  return (
    <ul>
      {added.map((key) => (
        <li key={keyText(key)} aria-label={t.importProject.relationComes(keyText(key))}>
          + ({key.type}) {key.name}
        </li>
      ))}
      {removed.map((key) => (
        <li key={keyText(key)} className="missing" aria-label={t.importProject.relationGoes(keyText(key))}>
          − ({key.type}) {key.name}
        </li>
      ))}
    </ul>
  );
}
