// The files of a version: a tree, and the one that is chosen.

import { FileOutlined, FolderOutlined, LinkOutlined } from "@ant-design/icons";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Button, Input, Skeleton, Tree } from "antd";
import { useDeferredValue, useMemo, useState } from "react";

import type { TreeEntry } from "../api/types";
import { useT } from "../i18n";
import { formatBytes } from "../i18n/format";
import { Blank } from "../ui/Blank";
import { ProblemView } from "../ui/ProblemView";
import { above, entriesWith, treeOf, type EntryNode } from "./entryTree";
import { FileView } from "./FileView";
import { entriesQuery } from "./queries";

interface Props {
  name: string;
  version: string;
  file: string | undefined;
  onFile: (path: string) => void;
}

/** So many entries are shown with all directories open. */
const FEW = 40;

const ICONS: Record<TreeEntry["kind"], React.ReactNode> = { directory: <FolderOutlined />, file: <FileOutlined />, symlink: <LinkOutlined /> };

export function VersionFiles({ name, version, file, onFile }: Props) {
  const t = useT();
  const query = useInfiniteQuery(entriesQuery(name, version));
  const [letters, setLetters] = useState("");
  const settled = useDeferredValue(letters.trim());
  const [opened, setOpened] = useState<string[]>();
  const pages = query.data?.pages;
  const entries = useMemo(() => pages?.flatMap(({ items }) => items) ?? [], [pages]);
  const found = useMemo(() => entriesWith(entries, settled), [entries, settled]);
  const nodes = useMemo(() => treeOf(found), [found]);
  if (query.isPending) return <Skeleton active paragraph={{ rows: 8 }} />;
  if (query.isError && !query.data) return <ProblemView error={query.error} onRetry={() => void query.refetch()} />;

  const total = pages?.[0]?.total ?? 0;
  const chosen = entries.find(({ path }) => path === file);
  // What was searched for is shown wherever it lies; else what a person opened, or all of what is little.
  const searched = settled !== "" || entries.length <= FEW;
  const open = searched && !opened ? found.flatMap(({ path }) => above(path)) : (opened ?? above(file ?? ""));
  return (
    <div className="version-files">
      <div className="version-tree">
        <Input
          allowClear
          placeholder={t.compare.filter}
          aria-label={t.compare.filter}
          value={letters}
          onChange={({ target }) => {
            setLetters(target.value);
            setOpened(undefined);
          }}
        />
        <div className="version-tree-body">
          {nodes.length === 0 && <Blank title={settled ? t.common.nothingFound : t.files.empty} />}
          <Tree<EntryNode>
            blockNode
            showIcon
            aria-label={t.version.files}
            treeData={nodes}
            expandedKeys={open}
            selectedKeys={file ? [file] : []}
            icon={(node) => ICONS[(node as unknown as { data: EntryNode }).data.entry.kind]}
            titleRender={(node) => <Title node={node} />}
            onExpand={(keys) => setOpened(keys.map(String))}
            onSelect={(_keys, { node }) => {
              if (node.isLeaf) onFile(node.key);
              else setOpened(open.includes(node.key) ? open.filter((path) => path !== node.key) : [...open, node.key]);
            }}
          />
          {query.hasNextPage && (
            <Button type="text" block loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
              {t.compare.more(entries.length, total)}
            </Button>
          )}
        </div>
      </div>
      <div className="version-file">
        {chosen ? (
          <>
            <header className="change-head">
              <strong>{chosen.path}</strong>
              <span className="faint num">
                {chosen.mode} · {formatBytes(chosen.size)}
              </span>
            </header>
            <div className="change-body">
              <FileView key={chosen.path} name={name} version={version} entry={chosen} />
            </div>
          </>
        ) : (
          <Blank title={t.files.choose} hint={t.common.files(total)} />
        )}
      </div>
    </div>
  );
}

function Title({ node: { name, entry } }: { node: EntryNode }) {
  return (
    <span className="entry" data-path={entry.path} title={`${entry.path} · ${entry.mode}`}>
      {name}
      {entry.target && <span className="faint"> → {entry.target}</span>}
    </span>
  );
}
