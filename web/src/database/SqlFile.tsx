// One SQL file, open: its text, its statements as the engine tells them apart, and what is refused, at its line.

import { useQuery } from "@tanstack/react-query";
import { Alert, Button } from "antd";
import { useMemo, useState, type ReactNode } from "react";

import type { Draft, Engine, SqlCheck } from "../api/types";
import { foundInSql, marksOf } from "../checks/found";
import { isChecked, REST, sqlCheckQuery } from "../checks/queries";
import { EditorFrame } from "../drafts/EditorFrame";
import type { SaveState } from "../drafts/saving";
import { TextFile } from "../drafts/TextFile";
import type { Place } from "../editor/marks";
import { useT } from "../i18n";
import { FoundList } from "../ui/FoundList";
import { ProblemView } from "../ui/ProblemView";
import { useRested } from "../ui/useRested";

interface Props {
  draft: Draft;
  path: string;
  engine: Engine;
  choice: ReactNode;
  onState: (state: SaveState["is"]) => void;
}

/** Give it the path as its key. */
export function SqlFile({ draft, path, engine, choice, onState }: Props) {
  const t = useT();
  const [text, setText] = useState<string>();
  const [shown, setShown] = useState<Place>();
  const rested = useRested(text, REST);
  const check = useQuery({ ...sqlCheckQuery(rested ?? "", engine), enabled: isChecked(rested) });
  const findings = check.data?.findings;
  const found = useMemo(() => (findings ?? []).map((finding) => foundInSql(finding, t.danger.messageOf)), [findings, t]);
  const marks = useMemo(() => marksOf(found), [found]);
  return (
    <EditorFrame
      choice={choice}
      notesLabel={t.database.statements(check.data?.total ?? 0)}
      notes={
        <>
          {text !== undefined && !isChecked(text) && <Alert type="info" showIcon title={t.editor.tooLong} />}
          {check.isLoading && <p className="faint">{t.editor.checking}</p>}
          {check.isError && <ProblemView error={check.error} onRetry={() => void check.refetch()} />}
          {check.data?.is_refused && <Alert type="error" showIcon title={t.database.refused} />}
          <FoundList found={found} onPlace={setShown} />
          {check.data && <Statements check={check.data} onPlace={setShown} />}
        </>
      }
    >
      <TextFile draft={draft} path={path} language={engine} marks={marks} shown={shown} onState={onState} onText={setText} />
    </EditorFrame>
  );
}

/** So many statements are listed; a person finds the others by their lines. */
const LISTED = 200;

function Statements({ check: { statements, total }, onPlace }: { check: SqlCheck; onPlace: (place: Place) => void }) {
  const t = useT();
  const listed = statements.slice(0, LISTED);
  return (
    <>
      <h2>{t.database.statements(total)}</h2>
      <ol className="variables">
        {listed.map(({ verb, span, start }) => (
          <li key={start}>
            <Button type="link" size="small" aria-label={`${verb}, ${t.editor.toLine(span.line)}`} onClick={() => onPlace({ line: span.line, column: span.column })}>
              {span.line}
            </Button>
            <code>{verb}</code>
          </li>
        ))}
      </ol>
      {total > listed.length && <p className="faint">{t.database.firstStatements(listed.length)}</p>}
    </>
  );
}
