// A list of things that are made, changed and deleted in place: the rows, a dialog over them, and a question before one goes.

import type { UseMutationResult } from "@tanstack/react-query";
import { Button } from "antd";
import { useState, type ReactNode } from "react";

import type { Query } from "../api/client";
import { useT } from "../i18n";
import { Blank } from "../ui/Blank";
import { PageHead } from "../ui/PageHead";
import { ProblemView } from "../ui/ProblemView";
import { useAsk } from "../ui/useAsk";
import { QueryTable, type Column } from "./QueryTable";

interface Words {
  /** Makes a new one. */
  add: string;
  /** What deleting one means. */
  remove: string;
  /** There is none. */
  empty: string;
  emptyHint: string;
}

interface Props<T> {
  noun: string;
  path: string;
  filters?: Query;
  onClear?: () => void;
  toolbar?: ReactNode;
  words: Words;
  rowKey: (row: T) => string;
  nameOf: (row: T) => string;
  /** Without those of the buttons. */
  columns: Column<T>[];
  removal: UseMutationResult<void, Error, T>;
  /** What else can be done with one. */
  actions?: (row: T) => ReactNode;
  /** In which one is changed, or a new one is made. */
  dialog: (row: T | undefined, onClose: () => void) => ReactNode;
  /** The head, where the list is a page of its own. */
  page?: { title: string; note: string };
}

export function EditableList<T extends object>(props: Props<T>) {
  const { noun, path, filters, onClear, toolbar, words, rowKey, nameOf, columns, removal, dialog, page } = props;
  const t = useT();
  const ask = useAsk();
  const [edited, setEdited] = useState<T | "new">();
  const actions: Column<T> = {
    key: "actions",
    title: t.package.actions,
    align: "right",
    render: (row) => (
      <span className="row-actions">
        {props.actions?.(row)}
        <Button type="text" size="small" aria-label={t.values.changeTitle(nameOf(row))} onClick={() => setEdited(row)}>
          {t.values.change}
        </Button>
        <Button
          type="text"
          size="small"
          danger
          aria-label={t.vault.removeTitle(nameOf(row))}
          onClick={() => ask({ title: t.vault.removeTitle(nameOf(row)), text: words.remove }, () => removal.mutateAsync(row))}
        >
          {t.common.remove}
        </Button>
      </span>
    ),
  };
  const add = (
    <Button type="primary" onClick={() => setEdited("new")}>
      {words.add}
    </Button>
  );
  return (
    <>
      {page && <PageHead title={page.title} note={<span className="faint">{page.note}</span>} actions={add} />}
      {removal.isError && <ProblemView error={removal.error} />}
      <QueryTable<T>
        noun={noun}
        path={path}
        {...(filters ? { filters } : {})}
        {...(onClear ? { onClear } : {})}
        rowKey={rowKey}
        columns={[...columns, actions]}
        toolbar={
          page ? (
            toolbar
          ) : (
            <>
              {add}
              {toolbar}
            </>
          )
        }
        empty={<Blank title={words.empty} hint={words.emptyHint} {...(page ? { action: add } : {})} />}
      />
      {edited !== undefined && dialog(edited === "new" ? undefined : edited, () => setEdited(undefined))}
    </>
  );
}
