// One file of a draft, open: a text in an editor that saves by itself, or what can be said of other files.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Skeleton } from "antd";
import { useEffect, useEffectEvent, useRef, useState } from "react";

import { BASE } from "../api/client";
import type { PathConflict } from "../api/types";
import { CodeEditor } from "../editor/CodeEditor";
import { languageOf, type EditorLanguage } from "../editor/languages";
import type { Mark, Place } from "../editor/marks";
import { useT } from "../i18n";
import { ProblemView } from "../ui/ProblemView";
import { accept, conflictsOf, operate } from "./changes";
import { ConflictDialog } from "./ConflictDialog";
import { filePath } from "./queries";
import { saver, type Saver, type SaveState } from "./saving";
import { readFile } from "./texts";

interface Props {
  draft: string;
  path: string;
  readOnly: boolean;
  /** What the text is written in, where its name does not say it. */
  language?: EditorLanguage | undefined;
  marks?: readonly Mark[] | undefined;
  /** A place that is shown. */
  shown?: Place | undefined;
  onState?: ((state: SaveState["is"]) => void) | undefined;
  /** The text as it was read, and from then on as it is written. */
  onText?: ((text: string) => void) | undefined;
}

/** Milliseconds of rest after which a text is saved. */
const REST = 700;

export function FileTab(props: Props) {
  const { draft, path } = props;
  const t = useT();
  const query = useQuery({
    queryKey: ["drafts", draft, "file", path],
    queryFn: async ({ signal }) => (await readFile(draft, path, signal)) ?? null,
    // What is open is the person's text; what others did to it meanwhile shows itself as a conflict.
    staleTime: Infinity,
    gcTime: 0,
  });
  if (query.isPending) return <Skeleton active className="file-wait" />;
  if (query.isError) return <ProblemView error={query.error} onRetry={() => void query.refetch()} />;
  const content = query.data;
  if (content === null) return <Alert type="info" showIcon title={t.draft.gone(path)} />;
  if (content.is !== "text") {
    return (
      <Alert
        type="info"
        showIcon
        title={content.is === "large" ? t.draft.large : t.draft.binary}
        action={<Button href={BASE + filePath(draft, path)}>{t.draft.downloadFile}</Button>}
      />
    );
  }
  return <OpenText key={`${draft}/${path}`} {...props} first={content} />;
}

function OpenText({ draft, path, first, readOnly, language, marks, shown, onState, onText }: Props & { first: { digest: string; text: string } }) {
  const t = useT();
  const client = useQueryClient();
  const [text, setText] = useState(first.text);
  const [state, setState] = useState<SaveState>({ is: "saved" });
  const saving = useRef<Saver>(null);
  const show = useEffectEvent((next: SaveState) => {
    setState(next);
    onState?.(next.is);
  });
  const begin = useEffectEvent(() =>
    saver(first, {
      write: async (written, expected) => {
        const operation = { op: "write_text", path, text: written, expect: expected ?? "absent" } as const;
        const accepted = accept(client, await operate(draft, [operation]));
        return accepted.changed.find((one) => one.path === path)?.digest ?? expected ?? "";
      },
      conflictOf: (error) => {
        const conflicts = conflictsOf(error);
        return conflicts && { conflict: conflicts.find((one) => one.path === path) };
      },
      show,
      rest: REST,
    }),
  );
  const read = useEffectEvent(() => onText?.(first.text));
  useEffect(() => {
    const made = begin();
    saving.current = made;
    read();
    const flush = () => made.flush();
    window.addEventListener("beforeunload", flush);
    return () => {
      window.removeEventListener("beforeunload", flush);
      made.close();
    };
  }, [draft, path]);
  const edit = (next: string) => {
    setText(next);
    onText?.(next);
    saving.current?.changed(next);
  };
  const settle = (digest: string, next: string, isSaved: boolean) => {
    setText(next);
    onText?.(next);
    saving.current?.resolve(digest, next, isSaved);
  };
  return (
    <div className="file-tab">
      {state.is === "failed" && <ProblemView error={state.error} onRetry={() => saving.current?.flush()} />}
      <CodeEditor
        value={text}
        onChange={edit}
        language={language ?? languageOf(path)}
        readOnly={readOnly}
        shown={shown}
        label={t.draft.textOf(path)}
        {...(marks ? { marks } : {})}
      />
      {state.is === "conflict" && <Conflict draft={draft} path={path} mine={text} conflict={state.conflict} onSettle={settle} />}
    </div>
  );
}

function Conflict(props: {
  draft: string;
  path: string;
  mine: string;
  conflict: PathConflict | undefined;
  onSettle: (digest: string, text: string, saved: boolean) => void;
}) {
  const { draft, path, mine, conflict, onSettle } = props;
  // The text as it was when the conflict came: it does not change under the person's eyes.
  const [kept] = useState(mine);
  const theirs = useQuery({
    queryKey: ["drafts", draft, "theirs", path],
    queryFn: async ({ signal }) => (await readFile(draft, path, signal)) ?? null,
    gcTime: 0,
    staleTime: 0,
  });
  return (
    <ConflictDialog
      path={path}
      mine={kept}
      theirs={theirs.data}
      error={theirs.error}
      by={conflict?.changed_by}
      at={conflict?.changed_at}
      onSettle={onSettle}
    />
  );
}
