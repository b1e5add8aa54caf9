// The editor of a configuration: its files with where each goes, the one that is open, and what is found in it as it is written.

import { PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Alert, App, Button, Skeleton } from "antd";
import { useMemo, useState, type ReactNode } from "react";

import type { Draft } from "../api/types";
import { foundInConfig, marksOf } from "../checks/found";
import { configCheckQuery, isChecked, REST } from "../checks/queries";
import { EditorFrame } from "../drafts/EditorFrame";
import { FileChoice } from "../drafts/FileChoice";
import type { SaveState } from "../drafts/saving";
import { TextFile } from "../drafts/TextFile";
import type { Place } from "../editor/marks";
import { useT } from "../i18n";
import { Blank } from "../ui/Blank";
import { ProblemView } from "../ui/ProblemView";
import { useRested } from "../ui/useRested";
import { AddFileDialog } from "./AddFileDialog";
import { ConfigNotes } from "./ConfigNotes";
import { PlaceForm } from "./PlaceForm";
import { scriptsOf, useConfigFiles } from "./useConfigFiles";

interface Props {
  draft: Draft;
  /** The file that the address names. */
  file: string | undefined;
  onFile: (path: string | undefined) => void;
  onState: (state: SaveState["is"]) => void;
}

export function ConfigStep({ draft, file, onFile, onState }: Props) {
  const t = useT();
  const { modal } = App.useApp();
  const [isAdding, setAdding] = useState(false);
  const { query, manifest, files, add, move, remove } = useConfigFiles(draft.id);
  if (query.isError && !manifest) return <ProblemView error={query.error} onRetry={() => void query.refetch()} />;
  if (!manifest) return <Skeleton active />;
  const readOnly = draft.state !== "open";
  const scripts = scriptsOf(manifest);
  const path = [...files.map((one) => one.file), ...scripts].find((one) => one === file) ?? files[0]?.file;
  const entry = files.find((one) => one.file === path);
  const ask = (name: string) =>
    void modal.confirm({
      title: t.config.removeQuestion(name),
      content: t.draft.canBeUndone,
      okText: t.config.remove,
      okButtonProps: { danger: true },
      cancelText: t.common.cancel,
      onOk: async () => {
        await remove.mutateAsync(name);
        onFile(undefined);
      },
    });
  const choice = (
    <>
      {!readOnly && (
        <div className="draft-tools">
          <Button size="small" icon={<PlusOutlined />} onClick={() => setAdding(true)}>
            {t.config.add}
          </Button>
        </div>
      )}
      <FileChoice title={t.config.files} items={files.map((one) => ({ path: one.file, note: one.target }))} chosen={path} onChoose={onFile} />
      {scripts.length > 0 && <FileChoice title={t.config.scripts} items={scripts.map((one) => ({ path: one }))} chosen={path} onChoose={onFile} />}
    </>
  );
  const place = entry && (
    <>
      <h2>{t.config.place}</h2>
      <PlaceForm key={entry.file} file={entry} readOnly={readOnly} error={move.error} onChange={(fields) => move.mutate(fields)} />
    </>
  );
  const removal = entry && !readOnly && (
    <Button size="small" danger onClick={() => ask(entry.file)}>
      {t.config.remove}
    </Button>
  );
  return (
    <>
      {remove.isError && <ProblemView error={remove.error} />}
      {path === undefined ? (
        <EditorFrame choice={choice} notes={null} notesLabel={t.config.variables}>
          <Blank title={t.config.empty} hint={readOnly ? undefined : t.config.emptyHint} />
        </EditorFrame>
      ) : (
        <ConfigText key={path} draft={draft} path={path} choice={choice} place={place} removal={removal} onState={onState} />
      )}
      {isAdding && (
        <AddFileDialog
          isPending={add.isPending}
          error={add.error}
          onCancel={() => {
            add.reset();
            setAdding(false);
          }}
          onSubmit={(fields) =>
            add.mutate(fields, {
              onSuccess: (added) => {
                setAdding(false);
                onFile(added);
              },
            })
          }
        />
      )}
    </>
  );
}

interface TextProps {
  draft: Draft;
  path: string;
  choice: ReactNode;
  place: ReactNode;
  removal: ReactNode;
  onState: Props["onState"];
}

function ConfigText({ draft, path, choice, place, removal, onState }: TextProps) {
  const t = useT();
  const [text, setText] = useState<string>();
  const [shown, setShown] = useState<Place>();
  const rested = useRested(text, REST);
  const check = useQuery({ ...configCheckQuery(rested ?? "", path), enabled: isChecked(rested) });
  const findings = check.data?.findings;
  const marks = useMemo(() => marksOf((findings ?? []).map(foundInConfig)), [findings]);
  const isTooLong = text !== undefined && !isChecked(text);
  return (
    <EditorFrame
      choice={choice}
      notesLabel={t.config.variables}
      notes={
        <>
          {place}
          {isTooLong ? <Alert type="info" showIcon title={t.editor.tooLong} /> : <ConfigNotes check={check} onPlace={setShown} />}
        </>
      }
    >
      <TextFile draft={draft} path={path} marks={marks} shown={shown} onState={onState} onText={setText} extra={removal} />
    </EditorFrame>
  );
}
