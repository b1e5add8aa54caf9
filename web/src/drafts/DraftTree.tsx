// The tree of a draft: chosen, opened, moved by dragging, changed from a menu or the keyboard. What differs from the version that the
// draft began with is marked.

import { FileOutlined, FolderOutlined, LinkOutlined } from "@ant-design/icons";
import { Dropdown, Skeleton, Tooltip, Tree, type MenuProps } from "antd";
import { useState, type Key, type KeyboardEvent } from "react";

import type { Difference, DraftEntry } from "../api/types";
import { useT } from "../i18n";
import { Blank } from "../ui/Blank";
import { ProblemView } from "../ui/ProblemView";
import { isWithin, joined, nameOf, parentOf } from "./paths";
import { useTree, type Node } from "./useTree";

export type EntryAction =
  | "newFile"
  | "newDirectory"
  | "initialise"
  | "uploadFiles"
  | "uploadFolder"
  | "unpack"
  | "rename"
  | "copy"
  | "mode"
  | "compare"
  | "revert"
  | "clear"
  | "delete";

interface Props {
  draft: string;
  readOnly: boolean;
  open: string[];
  onOpen: (open: string[]) => void;
  chosen: string[];
  onChoose: (paths: string[], entries: DraftEntry[]) => void;
  onFile: (entry: DraftEntry) => void;
  onMove: (paths: string[], directory: string) => void;
  onAction: (action: EntryAction, entry: DraftEntry | undefined) => void;
}

const MARKS: Record<Difference, string> = { unchanged: "", added: "A", modified: "M", mode: "m", moved: "R", removed: "D" };
const TONES: Record<Difference, string> = {
  unchanged: "",
  added: "tone-good",
  modified: "tone-warn",
  mode: "tone-warn",
  moved: "tone-active",
  removed: "tone-bad",
};

/** What can be done with an entry, in the order of the menu; null is a line between. */
export function actionsOf(entry: DraftEntry | undefined): (EntryAction | null)[] {
  if (!entry) return ["newFile", "newDirectory", "initialise", null, "uploadFiles", "uploadFolder", "unpack", null, "clear"];
  if (entry.difference === "removed") return ["revert"];
  const changed = entry.difference !== "unchanged" && entry.difference !== "added";
  const common: (EntryAction | null)[] = ["rename", "copy", "mode", ...(changed ? (["compare", "revert"] as const) : []), null];
  return entry.kind === "directory"
    ? ["newFile", "newDirectory", "initialise", null, "uploadFiles", "uploadFolder", "unpack", null, ...common, "clear", "delete"]
    : [...common, "delete"];
}

const KEYS: Record<string, EntryAction> = { F2: "rename", Delete: "delete" };

const isOpened = ({ kind, difference }: DraftEntry) => kind === "file" && difference !== "removed";

export function DraftTree(props: Props) {
  const { draft, readOnly, open, onOpen, chosen, onChoose, onFile, onMove, onAction } = props;
  const t = useT();
  const { nodes, isPending, error, refetch } = useTree(draft, open);
  const [menuOf, setMenuOf] = useState<DraftEntry>();
  const [active, setActive] = useState<string>();
  if (isPending) return <Skeleton active className="file-wait" />;
  if (error) return <ProblemView error={error} onRetry={refetch} />;

  const choose = (keys: Key[], selected: Node[]) => onChoose(keys.map(String), selected.map(({ entry }) => entry));
  const menu: MenuProps = {
    items: actionsOf(menuOf).map((action, index) =>
      action === null
        ? { type: "divider" as const, key: `line-${index}` }
        : { key: action, label: t.draft.actions[action], danger: action === "delete" || action === "clear" },
    ),
    onClick: ({ key }) => onAction(key as EntryAction, menuOf),
  };
  // The arrows lead to an entry without choosing it; the keys are for where they have led, or else for what a mouse has chosen.
  const onKeyDown = (event: KeyboardEvent) => {
    const entry = findNode(nodes, active ?? (chosen.length === 1 ? chosen[0] : undefined))?.entry;
    const action = KEYS[event.key];
    if (!entry) {
      if (action === "delete" && !readOnly && chosen.length > 1) onAction(action, undefined);
      return;
    }
    if (event.key === "Enter" && isOpened(entry)) onFile(entry);
    else if (action && !readOnly && actionsOf(entry).includes(action)) onAction(action, entry);
    else return;
    event.preventDefault();
  };
  return (
    <Dropdown trigger={["contextMenu"]} menu={menu} disabled={readOnly}>
      <div className="draft-tree" onKeyDown={onKeyDown} onContextMenuCapture={() => setMenuOf(undefined)}>
        {nodes.length === 0 && <Blank title={t.draft.emptyTree} hint={readOnly ? undefined : t.draft.emptyTreeHint} />}
        <Tree<Node>
          blockNode
          multiple
          showIcon
          aria-label={t.draft.files}
          draggable={readOnly ? false : { icon: false }}
          allowDrop={({ dropNode, dropPosition }) => dropPosition !== 0 || dropNode.entry.kind === "directory"}
          treeData={nodes}
          expandedKeys={open}
          selectedKeys={chosen}
          icon={(node) => iconOf((node as unknown as { data?: Node }).data?.entry.kind)}
          titleRender={({ entry }) => <Title entry={entry} />}
          onExpand={(keys) => onOpen(keys.map(String))}
          onActiveChange={(key) => setActive(key === null ? undefined : String(key))}
          onSelect={(keys, { selectedNodes, node, nativeEvent }) => {
            // Chosen by the keyboard, there is no event of a mouse.
            const mouse = nativeEvent as MouseEvent | undefined;
            const isMore = mouse?.ctrlKey || mouse?.metaKey;
            choose(isMore ? keys : [node.key], isMore ? selectedNodes : [node]);
          }}
          onDoubleClick={(_event, node) => {
            const { entry } = node as unknown as Node;
            if (isOpened(entry)) onFile(entry);
          }}
          onRightClick={({ node }) => {
            const { entry } = node as unknown as Node;
            setMenuOf(entry);
            if (!chosen.includes(entry.path)) onChoose([entry.path], [entry]);
          }}
          onDrop={({ dragNode, node, dropToGap }) => {
            const target = dropToGap ? parentOf(node.entry.path) : node.entry.path;
            const paths = chosen.includes(dragNode.entry.path) ? chosen : [dragNode.entry.path];
            const moving = paths.filter((path) => parentOf(path) !== target && !isWithin(target, path));
            if (moving.length > 0) onMove(moving, target);
          }}
          loadData={() => Promise.resolve()}
        />
      </div>
    </Dropdown>
  );
}

function Title({ entry }: { entry: DraftEntry }) {
  const t = useT();
  const { difference, path, from, target, mode, kind } = entry;
  const words = [t.draft.differences[difference], from && difference === "moved" ? t.draft.movedFrom(from) : "", `${mode}`].filter(Boolean).join(" · ");
  return (
    <Tooltip title={words} mouseEnterDelay={0.6}>
      <span className={`entry ${difference === "removed" ? "entry-removed" : ""}`} data-path={path}>
        {nameOf(path)}
        {kind === "symlink" && target && <span className="faint"> → {target}</span>}
        {difference !== "unchanged" && (
          <span className={`entry-mark ${TONES[difference]}`} aria-label={t.draft.differences[difference]}>
            {MARKS[difference]}
          </span>
        )}
      </span>
    </Tooltip>
  );
}

function iconOf(kind: DraftEntry["kind"] | undefined) {
  if (kind === "directory") return <FolderOutlined />;
  return kind === "symlink" ? <LinkOutlined /> : <FileOutlined />;
}

function findNode(nodes: readonly Node[], path: string | undefined): Node | undefined {
  for (const node of nodes) {
    if (node.key === path) return node;
    const found = node.children && path !== undefined && isWithin(path, node.key) ? findNode(node.children, path) : undefined;
    if (found) return found;
  }
  return undefined;
}

/** Where something new goes that is made at an entry: into a directory, beside a file. */
export const directoryOf = (entry: DraftEntry | undefined): string =>
  entry === undefined ? "" : entry.kind === "directory" ? entry.path : parentOf(entry.path);

/** Where each of several entries goes when they are moved into a directory. */
export const movesInto = (paths: readonly string[], directory: string) =>
  paths.map((from) => ({ op: "move" as const, from, to: joined(directory, nameOf(from)), expect: "present" as const }));
