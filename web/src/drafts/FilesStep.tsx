// The files of a draft: the tree at the left, what is open at the right, uploads below.

import { PlusOutlined, UploadOutlined } from "@ant-design/icons";
import { Button, Dropdown, Tabs } from "antd";
import { useState, type DragEvent } from "react";

import type { Draft, DraftEntry } from "../api/types";
import { useT } from "../i18n";
import { Blank } from "../ui/Blank";
import { asArchives, asFiles, choose, chosenOfDrop } from "./chosen";
import { CompareDialog } from "./CompareDialog";
import { directoryOf, DraftTree } from "./DraftTree";
import { FileTab } from "./FileTab";
import { isWithin, nameOf, parentOf } from "./paths";
import type { SaveState } from "./saving";
import { UploadPanel } from "./UploadPanel";
import { useEntryActions } from "./useEntryActions";
import { stillOpen } from "./useTree";
import { useUploads } from "./useUploads";

interface Props {
  draft: Draft;
  /** The file that the address names. */
  file: string | undefined;
  onFile: (path: string | undefined) => void;
  onState: (state: SaveState["is"]) => void;
}

type Kind = "files" | "folder" | "archive";

export function FilesStep({ draft, file, onFile, onState }: Props) {
  const t = useT();
  const readOnly = draft.state !== "open";
  const [open, setOpen] = useState<string[]>([]);
  const [chosen, setChosen] = useState<DraftEntry[]>([]);
  const [tabs, setTabs] = useState<string[]>(file ? [file] : []);
  const [unsaved, setUnsaved] = useState<ReadonlySet<string>>(new Set());
  const [compared, setCompared] = useState<DraftEntry>();
  const [isOver, setOver] = useState(false);
  const uploads = useUploads(draft.id);
  if (file && !tabs.includes(file)) setTabs([...tabs, file]);

  const show = (path: string) => onFile(path);
  const close = (path: string) => {
    const rest = tabs.filter((tab) => tab !== path);
    setTabs(rest);
    if (path === file) onFile(rest.at(-1));
  };
  const gone = (path: string) => {
    setOpen((before) => stillOpen(before, path));
    setChosen([]);
    const rest = tabs.filter((tab) => !isWithin(tab, path));
    setTabs(rest);
    if (file && isWithin(file, path)) onFile(rest.at(-1));
  };
  const upload = async (what: Kind, directory: string) => {
    const chosen = await choose(what === "folder" ? "folder" : "files");
    uploads.add(what === "archive" ? asArchives(chosen, directory) : asFiles(chosen, directory));
  };
  const drop = async (event: DragEvent) => {
    setOver(false);
    if (readOnly || !event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    const over = (event.target as HTMLElement).closest(".ant-tree-treenode")?.querySelector<HTMLElement>("[data-path]")?.dataset["path"];
    const dropped = await chosenOfDrop(event.dataTransfer);
    const entry = chosen.find(({ path }) => path === over);
    uploads.add(asFiles(dropped, entry ? directoryOf(entry) : over && open.includes(over) ? over : over ? parentOf(over) : ""));
  };
  const state = (path: string) => (next: SaveState["is"]) => {
    setUnsaved((before) => {
      const after = new Set(before);
      if (next === "saved") after.delete(path);
      else after.add(path);
      return after;
    });
    onState(next);
  };

  const { act, move, dialog } = useEntryActions({
    draft,
    chosen: chosen.map(({ path }) => path),
    onFile: show,
    onGone: gone,
    onUpload: (what, directory) => void upload(what, directory),
    onCompare: setCompared,
  });
  const directory = directoryOf(chosen.length === 1 ? chosen[0] : undefined);
  const item = (key: "newFile" | "newDirectory" | "initialise" | "uploadFiles" | "uploadFolder" | "unpack") => ({ key, label: t.draft.actions[key] });
  const click = ({ key }: { key: string }) => act(key as "newFile", chosen.length === 1 ? chosen[0] : undefined);
  return (
    <div className="draft-files">
      <aside
        className={isOver ? "draft-side is-over" : "draft-side"}
        onDragOver={(event) => {
          if (readOnly || !event.dataTransfer.types.includes("Files")) return;
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => void drop(event)}
      >
        {!readOnly && (
          <div className="draft-tools">
            <Dropdown trigger={["click"]} menu={{ items: [item("newFile"), item("newDirectory"), item("initialise")], onClick: click }}>
              <Button size="small" icon={<PlusOutlined />}>
                {t.draft.new}
              </Button>
            </Dropdown>
            <Dropdown trigger={["click"]} menu={{ items: [item("uploadFiles"), item("uploadFolder"), item("unpack")], onClick: click }}>
              <Button size="small" icon={<UploadOutlined />}>
                {t.draft.upload}
              </Button>
            </Dropdown>
            <span className="faint clip">{t.draft.into(directory || "/")}</span>
          </div>
        )}
        <DraftTree
          draft={draft.id}
          readOnly={readOnly}
          open={open}
          onOpen={setOpen}
          chosen={chosen.map(({ path }) => path)}
          onChoose={(_paths, entries) => {
            setChosen(entries);
            const [one] = entries;
            if (entries.length === 1 && one?.kind === "file" && one.difference !== "removed") show(one.path);
          }}
          onFile={(entry) => show(entry.path)}
          onMove={move}
          onAction={act}
        />
      </aside>
      <div className="draft-open">
        {tabs.length === 0 ? (
          <Blank title={t.draft.noFile} hint={readOnly ? undefined : t.draft.noFileHint} />
        ) : (
          <Tabs
            type="editable-card"
            size="small"
            hideAdd
            activeKey={file ?? ""}
            onChange={show}
            onEdit={(key, action) => typeof key === "string" && action === "remove" && close(key)}
            items={tabs.map((path) => ({
              key: path,
              label: (
                <span title={path}>
                  {nameOf(path)}
                  {unsaved.has(path) && " •"}
                </span>
              ),
              children: <FileTab draft={draft.id} path={path} readOnly={readOnly} onState={state(path)} />,
            }))}
          />
        )}
      </div>
      <UploadPanel uploads={uploads} />
      {dialog}
      {compared && <CompareDialog draft={draft} entry={compared} onClose={() => setCompared(undefined)} />}
    </div>
  );
}
