// What the menu of the tree does: small questions, then one batch of operations.

import { App } from "antd";
import { useState } from "react";

import type { Draft, DraftEntry, DraftOperation } from "../api/types";
import { useT } from "../i18n";
import { wordsOf } from "../ui/ProblemView";
import { useOperations } from "./changes";
import { directoryOf, movesInto, type EntryAction } from "./DraftTree";
import { ModeDialog, NameDialog } from "./EntryDialogs";
import { joined, outermost } from "./paths";

type Question =
  | { is: "newFile" | "newDirectory"; directory: string }
  | { is: "rename" | "copy" | "mode"; entry: DraftEntry };

interface Options {
  draft: Draft;
  chosen: string[];
  onFile: (path: string) => void;
  onGone: (path: string) => void;
  onUpload: (what: "files" | "folder" | "archive", directory: string) => void;
  onCompare: (entry: DraftEntry) => void;
}

export function useEntryActions({ draft, chosen, onFile, onGone, onUpload, onCompare }: Options) {
  const t = useT();
  const { modal, notification } = App.useApp();
  const operations = useOperations(draft.id);
  const [question, setQuestion] = useState<Question>();

  const run = (list: DraftOperation[], done?: () => void) =>
    operations.mutate(
      { operations: list, seen: draft.revision },
      {
        onSuccess: () => done?.(),
        onError: (error) => {
          const { title, detail, hint } = wordsOf(error, t);
          notification.error({ title, description: [detail, hint].filter(Boolean).join(" ") });
        },
      },
    );

  const confirmRemoval = (paths: string[], whole: boolean, list: DraftOperation[]) =>
    void modal.confirm({
      title: whole ? t.draft.clearQuestion(paths[0] || "/") : t.draft.deleteQuestion(paths.length),
      content: (
        <>
          {!whole && <ul className="paths">{paths.slice(0, 12).map((path) => <li key={path}><code>{path}</code></li>)}</ul>}
          <p className="faint">{t.draft.canBeUndone}</p>
        </>
      ),
      okText: whole ? t.draft.actions.clear : t.draft.actions.delete,
      okButtonProps: { danger: true },
      cancelText: t.common.cancel,
      onOk: () => run(list, () => paths.forEach((path) => onGone(path))),
    });

  const act = (action: EntryAction, entry: DraftEntry | undefined) => {
    const directory = directoryOf(entry);
    switch (action) {
      case "newFile":
      case "newDirectory":
        return setQuestion({ is: action, directory });
      case "initialise":
        return run([{ op: "initialise_directory", path: directory }]);
      case "uploadFiles":
        return onUpload("files", directory);
      case "uploadFolder":
        return onUpload("folder", directory);
      case "unpack":
        return onUpload("archive", directory);
      case "clear":
        return confirmRemoval([directory], true, [{ op: "clear_directory", path: directory }]);
      case "delete": {
        const paths = outermost(entry && !chosen.includes(entry.path) ? [entry.path] : chosen);
        return confirmRemoval(paths, false, paths.map((path) => ({ op: "delete", path, expect: "present" })));
      }
      case "revert":
        return entry && run([{ op: "revert", path: entry.path }], () => onGone(entry.path));
      case "compare":
        return entry && onCompare(entry);
      case "rename":
      case "copy":
      case "mode":
        return entry && setQuestion({ is: action, entry });
    }
  };

  const ask = (list: DraftOperation[], done?: () => void) => {
    setQuestion(undefined);
    run(list, done);
  };

  const dialog = question && (
    <Dialog key={JSON.stringify(question)} question={question} ask={ask} onFile={onFile} onGone={onGone} onCancel={() => setQuestion(undefined)} />
  );
  const move = (paths: string[], directory: string) => run(movesInto(outermost(paths), directory), () => paths.forEach(onGone));
  return { act, move, dialog };
}

interface DialogProps {
  question: Question;
  ask: (operations: DraftOperation[], done?: () => void) => void;
  onFile: (path: string) => void;
  onGone: (path: string) => void;
  onCancel: () => void;
}

function Dialog({ question, ask, onFile, onGone, onCancel }: DialogProps) {
  const t = useT();
  switch (question.is) {
    case "mode": {
      const { path, mode } = question.entry;
      return (
        <ModeDialog path={path} first={mode} onCancel={onCancel} onSubmit={(next) => ask([{ op: "set_mode", path, mode: next, expect: "present" }])} />
      );
    }
    case "newFile":
      return (
        <NameDialog
          title={t.draft.actions.newFile}
          first={question.directory && `${question.directory}/`}
          submit={t.draft.create}
          onCancel={onCancel}
          onSubmit={(path) => ask([{ op: "write_text", path, text: "", expect: "absent" }], () => onFile(path))}
        />
      );
    case "newDirectory":
      return (
        <NameDialog
          title={t.draft.actions.newDirectory}
          first={question.directory && `${question.directory}/`}
          submit={t.draft.create}
          onCancel={onCancel}
          onSubmit={(path) => ask([{ op: "make_directory", path: path.replace(/\/+$/, "") }])}
        />
      );
    case "rename":
    case "copy": {
      const from = question.entry.path;
      const op = question.is === "rename" ? "move" : "copy";
      return (
        <NameDialog
          title={t.draft.actions[question.is]}
          first={op === "move" ? from : joined("", `${from}-copy`)}
          submit={t.draft.actions[question.is]}
          onCancel={onCancel}
          onSubmit={(to) => ask([{ op, from, to, expect: "present" }], op === "move" ? () => onGone(from) : undefined)}
        />
      );
    }
  }
}
