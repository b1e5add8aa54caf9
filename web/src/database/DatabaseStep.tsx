// The editor of a database package: its structure, the SQL file that is open, its settings, and the chain of published versions.

import { PlusOutlined } from "@ant-design/icons";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Dropdown, Skeleton } from "antd";
import { useState } from "react";

import { getAll } from "../api/queries";
import type { Draft, DraftEntry } from "../api/types";
import { accept, operate } from "../drafts/changes";
import { choose } from "../drafts/chosen";
import { EditorFrame } from "../drafts/EditorFrame";
import { NameDialog } from "../drafts/EntryDialogs";
import { draftPath, manifestQuery } from "../drafts/queries";
import type { SaveState } from "../drafts/saving";
import { sendFile, type NewFile } from "../drafts/sendFile";
import { SettingsForm } from "../drafts/SettingsForm";
import { useT } from "../i18n";
import { DatabaseFields } from "../manifest/DatabaseFields";
import { Blank } from "../ui/Blank";
import { Panel } from "../ui/Panel";
import { ProblemView } from "../ui/ProblemView";
import { Chain } from "./Chain";
import { SqlFile } from "./SqlFile";
import { FULL_LOAD, incrementPath, rollbackPath, structureOf } from "./structure";
import { StructureView } from "./StructureView";

interface Props {
  draft: Draft;
  /** The file that the address names. */
  file: string | undefined;
  onFile: (path: string | undefined) => void;
  onState: (state: SaveState["is"]) => void;
}

const sqlFilesQuery = (id: string) => ({
  queryKey: ["drafts", id, "entries", "sql"],
  queryFn: async ({ signal }: { signal: AbortSignal }) => {
    const entries = await getAll<DraftEntry>(draftPath(id, "/entries"), { depth: "all", show: "present" }, signal);
    return entries.filter(({ kind, path }) => kind === "file" && path.endsWith(".sql")).map(({ path }) => path);
  },
});

/** Where an uploaded file goes that has no place in its name: by what it is called. */
function placeOf(name: string): string {
  if (name.endsWith("fullload.sql")) return `full-load/${name}`;
  return name.endsWith("increment.sql") || name.endsWith("rollback.sql") ? `increment/${name}` : name;
}

export function DatabaseStep({ draft, file, onFile, onState }: Props) {
  const t = useT();
  const client = useQueryClient();
  const manifest = useQuery(manifestQuery(draft.id));
  const files = useQuery(sqlFilesQuery(draft.id));
  const [isAsking, setAsking] = useState(false);
  const readOnly = draft.state !== "open";
  const add = useMutation({
    mutationFn: async (added: NewFile[]) => {
      for (const one of added) accept(client, await sendFile(draft.id, one, "absent"));
      return added[0]?.path;
    },
    onSuccess: (path) => path && onFile(path),
  });
  const pair = useMutation({
    mutationFn: async (from: string) => {
      const write = (path: string) => ({ op: "write_text" as const, path, text: "", expect: "absent" as const });
      accept(client, await operate(draft.id, [write(incrementPath(from)), write(rollbackPath(from))]));
      return incrementPath(from);
    },
    onSuccess: onFile,
  });
  const upload = async () => {
    const chosen = await choose("files");
    if (chosen.length > 0) add.mutate(chosen.map(({ file: content, path }) => ({ path: placeOf(path), content })));
  };

  const failed = manifest.error ?? files.error;
  if (failed && !(manifest.data && files.data)) return <ProblemView error={failed} onRetry={() => void Promise.all([manifest.refetch(), files.refetch()])} />;
  if (!manifest.data || !files.data) return <Skeleton active />;
  const { database } = manifest.data.manifest;
  const structure = structureOf(files.data, database?.from ?? undefined);
  const path = files.data.find((one) => one === file) ?? structure.fullLoad ?? structure.increments[0]?.upgrade[0] ?? files.data[0];
  const choice = (
    <>
      {!readOnly && (
        <div className="draft-tools">
          <Dropdown
            trigger={["click"]}
            menu={{
              items: [
                { key: "full", label: t.database.addFullLoad, disabled: structure.fullLoad !== undefined },
                { key: "pair", label: t.database.addIncrement },
                { type: "divider" },
                { key: "upload", label: t.database.uploadSql },
              ],
              onClick: ({ key }) => {
                if (key === "full") add.mutate([{ path: FULL_LOAD, content: "" }]);
                else if (key === "pair") setAsking(true);
                else void upload();
              },
            }}
          >
            <Button size="small" icon={<PlusOutlined />}>
              {t.create.addFile}
            </Button>
          </Dropdown>
        </div>
      )}
      <StructureView
        structure={structure}
        version={draft.version ?? undefined}
        chosen={path}
        onChoose={onFile}
        onAdd={readOnly ? undefined : (missing) => add.mutate([{ path: missing, content: "" }])}
      />
    </>
  );
  return (
    <>
      {add.isError && <ProblemView error={add.error} />}
      {pair.isError && <ProblemView error={pair.error} />}
      {path === undefined ? (
        <EditorFrame choice={choice} notes={null} notesLabel={t.database.structure}>
          <Blank title={t.database.noStructure} hint={readOnly ? undefined : t.database.noStructureHint} />
        </EditorFrame>
      ) : (
        <SqlFile key={path} draft={draft} path={path} engine={database?.engine ?? "mysql"} choice={choice} onState={onState} />
      )}
      <Panel title={t.database.settings}>
        <SettingsForm draft={draft.id} readOnly={readOnly} onState={onState}>
          <DatabaseFields />
        </SettingsForm>
      </Panel>
      {draft.base && (
        <Panel title={t.database.chain}>
          <Chain name={draft.package} />
        </Panel>
      )}
      {isAsking && (
        <NameDialog
          title={t.database.addIncrement}
          label={t.database.from}
          needed={t.database.fromNeeded}
          first={draft.base ?? ""}
          submit={t.draft.create}
          onCancel={() => setAsking(false)}
          onSubmit={(from) => {
            setAsking(false);
            pair.mutate(from);
          }}
        />
      )}
    </>
  );
}
