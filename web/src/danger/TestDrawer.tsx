// A text tried against the danger rules as they are; nothing of it is kept.

import { useQuery } from "@tanstack/react-query";
import { Alert, Drawer, Select } from "antd";
import { useMemo, useState } from "react";

import type { ScriptLanguage } from "../api/types";
import { foundInScript, marksOf } from "../checks/found";
import { isChecked, REST, scriptCheckQuery } from "../checks/queries";
import { CodeEditor } from "../editor/CodeEditor";
import type { Place } from "../editor/marks";
import { useT } from "../i18n";
import { FoundList } from "../ui/FoundList";
import { ProblemView } from "../ui/ProblemView";
import { useRested } from "../ui/useRested";

const LANGUAGES: ScriptLanguage[] = ["shell", "python", "perl", "powershell", "sql"];

export function TestDrawer({ onClose }: { onClose: () => void }) {
  const t = useT();
  const [language, setLanguage] = useState<ScriptLanguage>("shell");
  const [text, setText] = useState("");
  const [shown, setShown] = useState<Place>();
  const rested = useRested(text, REST);
  const check = useQuery({ ...scriptCheckQuery(rested, language), enabled: rested !== "" && isChecked(rested) });
  const findings = rested === "" ? undefined : check.data?.findings;
  const found = useMemo(() => (findings ?? []).map((finding) => foundInScript(finding, t.danger.messageOf)), [findings, t]);
  const marks = useMemo(() => marksOf(found), [found]);
  return (
    <Drawer open size={720} title={t.danger.test} onClose={onClose}>
      <div className="sections">
        <p className="faint">{t.danger.testHint}</p>
        <Select
          value={language}
          aria-label={t.danger.languages}
          options={LANGUAGES.map((value) => ({ value, label: t.danger.language[value] }))}
          onChange={setLanguage}
        />
        <div className="boxed-editor">
          <CodeEditor value={text} onChange={setText} language={language} marks={marks} shown={shown} label={t.danger.testText} />
        </div>
        {check.isError && <ProblemView error={check.error} onRetry={() => void check.refetch()} />}
        {findings && check.data?.is_blocked && <Alert type="error" showIcon title={t.script.blocked} />}
        {findings?.length === 0 && <p className="faint">{t.editor.clean}</p>}
        <FoundList found={found} onPlace={setShown} />
      </div>
    </Drawer>
  );
}
