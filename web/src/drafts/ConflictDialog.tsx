// Two people wrote the same file. Both texts stand side by side; the person decides, and nothing is lost before that.

import { Alert, Button, Modal, Skeleton } from "antd";
import { useState } from "react";

import { languageOf } from "../editor/languages";
import { TextDiff } from "../editor/TextDiff";
import { useT } from "../i18n";
import { Ago } from "../ui/Ago";
import { ProblemView } from "../ui/ProblemView";
import type { FileContent } from "./texts";

interface Props {
  path: string;
  mine: string;
  /** What is there now: null if nothing is, undefined while it is read. */
  theirs: FileContent | null | undefined;
  error: unknown;
  by?: string | null | undefined;
  at?: string | null | undefined;
  /** The digest that the decision rests on, the text that shall stand, and whether it stands already. */
  onSettle: (digest: string, text: string, saved: boolean) => void;
}

export function ConflictDialog({ path, mine, theirs, error, by, at, onSettle }: Props) {
  const t = useT();
  const [merged, setMerged] = useState(mine);
  const isText = theirs?.is === "text";
  return (
    <Modal
      open
      width="min(1200px, 94vw)"
      closable={false}
      keyboard={false}
      title={t.draft.conflictTitle(path)}
      footer={[
        isText && (
          <Button key="theirs" onClick={() => onSettle(theirs.digest, theirs.text, true)}>
            {t.draft.takeTheirs}
          </Button>
        ),
        <Button key="mine" type="primary" disabled={theirs === undefined} onClick={() => onSettle(theirs ? theirs.digest : "absent", merged, false)}>
          {t.draft.saveMine}
        </Button>,
      ]}
    >
      <p className="dialog-lead">
        {by ? t.draft.conflictBy(by) : t.draft.conflictSomebody} {at && <Ago at={at} />}
      </p>
      {error ? <ProblemView error={error} /> : null}
      {theirs === undefined && !error && <Skeleton active />}
      {theirs === null && <Alert type="warning" showIcon title={t.draft.conflictGone} />}
      {theirs && !isText && <Alert type="warning" showIcon title={t.draft.conflictNoText} />}
      {isText && (
        <div className="conflict-texts">
          <TextDiff
            left={theirs.text}
            right={mine}
            leftLabel={t.draft.theirs}
            rightLabel={t.draft.mine}
            language={languageOf(path)}
            onRight={setMerged}
          />
        </div>
      )}
    </Modal>
  );
}
