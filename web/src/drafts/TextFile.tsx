// One text of a draft under its bar: edited, replaced by a file, and beside what it is in any version.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Select, Skeleton } from "antd";
import { useState, type ReactNode } from "react";

import { versionChoicesQuery } from "../api/queries";
import type { Draft } from "../api/types";
import { languageOf, type EditorLanguage } from "../editor/languages";
import type { Mark, Place } from "../editor/marks";
import { TextDiff } from "../editor/TextDiff";
import { useT } from "../i18n";
import { ProblemView, wordsOf } from "../ui/ProblemView";
import { accept, renewTexts } from "./changes";
import { choose } from "./chosen";
import { FileTab } from "./FileTab";
import type { SaveState } from "./saving";
import { sendFile } from "./sendFile";
import { readVersionFile } from "./versionFile";

interface Props {
  draft: Draft;
  path: string;
  language?: EditorLanguage | undefined;
  marks?: readonly Mark[] | undefined;
  shown?: Place | undefined;
  onState: (state: SaveState["is"]) => void;
  onText: (text: string) => void;
  /** More buttons in the bar. */
  extra?: ReactNode;
}

/** Give it the path as its key: what it remembers belongs to one file. */
export function TextFile({ draft, path, language, marks, shown, onState, onText, extra }: Props) {
  const t = useT();
  const client = useQueryClient();
  const { notification } = App.useApp();
  const [text, setText] = useState<string>();
  const [version, setVersion] = useState<string>();
  const versions = useQuery({ ...versionChoicesQuery(draft.package), retry: false });
  const readOnly = draft.state !== "open";

  const replace = async () => {
    const [chosen] = await choose("files");
    if (!chosen) return;
    try {
      accept(client, await sendFile(draft.id, { path, content: chosen.file }, "present"));
      renewTexts(client, draft.id);
    } catch (error) {
      const { title, hint } = wordsOf(error, t);
      notification.error({ title, description: hint });
    }
  };
  return (
    <div className="text-file">
      <div className="text-file-bar">
        <code className="clip">{path}</code>
        <span className="row-actions">
          {extra}
          {!readOnly && (
            <Button size="small" onClick={() => void replace()}>
              {t.editor.replace}
            </Button>
          )}
          {(versions.data?.items.length ?? 0) > 0 && (
            <Select
              allowClear
              size="small"
              showSearch
              value={version}
              placeholder={t.editor.compareWith}
              aria-label={t.editor.compareWith}
              popupMatchSelectWidth={false}
              options={versions.data?.items.map(({ version: value }) => ({ value, label: value }))}
              onChange={setVersion}
            />
          )}
        </span>
      </div>
      {/* The editor stays while the texts are side by side: it is what saves. */}
      <div className="text-file-body" hidden={version !== undefined}>
        <FileTab
          draft={draft.id}
          path={path}
          readOnly={readOnly}
          language={language}
          marks={marks}
          shown={shown}
          onState={onState}
          onText={(next) => {
            setText(next);
            onText(next);
          }}
        />
      </div>
      {version !== undefined && text !== undefined && (
        <div className="text-file-body">
          <VersionDiff draft={draft} path={path} version={version} text={text} language={language ?? languageOf(path)} />
        </div>
      )}
    </div>
  );
}

function VersionDiff({ draft, path, version, text, language }: { draft: Draft; path: string; version: string; text: string; language: EditorLanguage }) {
  const t = useT();
  const before = useQuery({
    queryKey: ["packages", draft.package, "versions", version, "file", path],
    queryFn: async ({ signal }) => (await readVersionFile(draft.package, version, path, signal)) ?? null,
    staleTime: Infinity,
  });
  if (before.isPending) return <Skeleton active className="file-wait" />;
  if (before.isError) return <ProblemView error={before.error} onRetry={() => void before.refetch()} />;
  if (before.data && before.data.is !== "text") return <Alert type="info" showIcon title={t.draft.noTexts} />;
  return (
    <TextDiff
      left={before.data?.text ?? ""}
      right={text}
      leftLabel={before.data ? version : t.editor.notThere(version)}
      rightLabel={t.draft.thisDraft}
      language={language}
    />
  );
}
