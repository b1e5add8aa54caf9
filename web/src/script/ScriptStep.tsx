// The editor of a script: its text with what danger rules find in it, and below how it is run and what it is given.

import { useQuery } from "@tanstack/react-query";
import { Alert, Skeleton } from "antd";
import { useMemo, useState } from "react";

import type { Draft, Manifest } from "../api/types";
import { foundInScript, marksOf } from "../checks/found";
import { isChecked, REST, scriptCheckQuery } from "../checks/queries";
import { EditorFrame } from "../drafts/EditorFrame";
import { manifestQuery } from "../drafts/queries";
import type { SaveState } from "../drafts/saving";
import { SettingsForm } from "../drafts/SettingsForm";
import { TextFile } from "../drafts/TextFile";
import type { Place } from "../editor/marks";
import { useT } from "../i18n";
import { ScriptFields } from "../manifest/ScriptFields";
import { Blank } from "../ui/Blank";
import { FoundList } from "../ui/FoundList";
import { Panel } from "../ui/Panel";
import { ProblemView } from "../ui/ProblemView";
import { useRested } from "../ui/useRested";
import { languageOfInterpreter } from "./interpreters";

interface Props {
  draft: Draft;
  onState: (state: SaveState["is"]) => void;
}

export function ScriptStep({ draft, onState }: Props) {
  const t = useT();
  const { data, error, refetch } = useQuery(manifestQuery(draft.id));
  if (error && !data) return <ProblemView error={error} onRetry={() => void refetch()} />;
  if (!data) return <Skeleton active />;
  const { script } = data.manifest;
  return (
    <>
      {script ? (
        <Script key={script.entry} draft={draft} script={script} onState={onState} />
      ) : (
        <Blank title={t.script.noEntry} hint={t.script.noEntryHint} />
      )}
      <Panel title={t.script.running}>
        <SettingsForm draft={draft.id} readOnly={draft.state !== "open"} onState={onState}>
          <ScriptFields />
        </SettingsForm>
      </Panel>
    </>
  );
}

function Script({ draft, script, onState }: Props & { script: NonNullable<Manifest["script"]> }) {
  const t = useT();
  const [text, setText] = useState<string>();
  const [shown, setShown] = useState<Place>();
  const language = languageOfInterpreter(script.interpreter);
  const rested = useRested(text, REST);
  const check = useQuery({ ...scriptCheckQuery(rested ?? "", language), enabled: isChecked(rested) });
  const findings = check.data?.findings;
  const found = useMemo(() => (findings ?? []).map((finding) => foundInScript(finding, t.danger.messageOf)), [findings, t]);
  const marks = useMemo(() => marksOf(found), [found]);
  return (
    <EditorFrame
      notesLabel={t.script.dangers}
      notes={
        <>
          <h2>{t.script.dangers}</h2>
          {text !== undefined && !isChecked(text) && <Alert type="info" showIcon title={t.editor.tooLong} />}
          {check.isLoading && <p className="faint">{t.editor.checking}</p>}
          {check.isError && <ProblemView error={check.error} onRetry={() => void check.refetch()} />}
          {check.data?.is_blocked && <Alert type="error" showIcon title={t.script.blocked} />}
          {findings?.length === 0 && <p className="faint">{t.editor.clean}</p>}
          <FoundList found={found} onPlace={setShown} />
          {check.data?.is_truncated && <p className="faint">{t.editor.more}</p>}
        </>
      }
    >
      <TextFile draft={draft} path={script.entry} language={language} marks={marks} shown={shown} onState={onState} onText={setText} />
    </EditorFrame>
  );
}
