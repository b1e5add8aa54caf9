// One change between two versions, side by side where both are texts, and said in words where they are none.

import { useQuery } from "@tanstack/react-query";
import { Alert, Skeleton } from "antd";

import type { TreeChange, TreeEntry } from "../api/types";
import { languageOf } from "../editor/languages";
import { TextDiff } from "../editor/TextDiff";
import { useT } from "../i18n";
import { formatBytes } from "../i18n/format";
import { ProblemView } from "../ui/ProblemView";
import { pathOf, sightOf } from "./comparison";
import { FileView, NoText } from "./FileView";
import { fileQuery } from "./queries";

export interface Side {
  name: string;
  version: string;
}

interface Props {
  change: TreeChange;
  from: Side;
  to: Side;
}

export function ChangeView({ change, from, to }: Props) {
  const t = useT();
  const { old, new: now } = change;
  const moved = old && now && old.path !== now.path;
  const modes = old && now && old.mode !== now.mode;
  return (
    <section className="change-view" aria-label={pathOf(change)}>
      <header className="change-head">
        <strong>{moved ? `${old.path} → ${now.path}` : pathOf(change)}</strong>
        <span className="faint">
          {[
            t.compare.kinds[change.change],
            modes && t.compare.modes(old.mode, now.mode),
            old?.kind === "file" && now?.kind === "file" && old.size !== now.size && `${formatBytes(old.size)} → ${formatBytes(now.size)}`,
          ]
            .filter(Boolean)
            .join(" · ")}
        </span>
      </header>
      <div className="change-body">
        <Sight change={change} from={from} to={to} />
      </div>
    </section>
  );
}

function Sight({ change, from, to }: Props) {
  const t = useT();
  const sight = sightOf(change);
  switch (sight.is) {
    case "same":
      return <Alert type="info" title={t.compare.same} />;
    case "links":
      return <Alert type="info" title={t.compare.links(sight.old ?? t.common.none, sight.new ?? t.common.none)} />;
    case "directory":
      return <Alert type="info" title={t.files.directory} />;
    case "large":
      return <NoTexts change={change} from={from} to={to} words={t.compare.large(formatBytes(sight.size))} />;
    case "texts":
      if (sight.old && sight.new) return <Texts old={sight.old} now={sight.new} change={change} from={from} to={to} />;
      return sight.new ? <FileView {...to} entry={sight.new} /> : sight.old && <FileView {...from} entry={sight.old} />;
  }
}

function Texts({ old, now, change, from, to }: Props & { old: TreeEntry; now: TreeEntry }) {
  const t = useT();
  const left = useQuery(fileQuery(from.name, from.version, old.path));
  const right = useQuery(fileQuery(to.name, to.version, now.path));
  if (left.isPending || right.isPending) return <Skeleton active className="file-wait" />;
  const failed = [left, right].find(({ isError }) => isError);
  if (failed) return <ProblemView error={failed.error} onRetry={() => void failed.refetch()} />;
  if (left.data?.is !== "text" || right.data?.is !== "text") {
    return <NoTexts change={change} from={from} to={to} words={t.compare.binary} />;
  }
  return (
    <TextDiff
      left={left.data.text}
      right={right.data.text}
      leftLabel={`${from.version} · ${old.path}`}
      rightLabel={`${to.version} · ${now.path}`}
      language={languageOf(now.path)}
    />
  );
}

function NoTexts({ change: { old, new: now }, from, to, words }: Props & { words: string }) {
  return (
    <div className="no-texts">
      {old && <NoText {...from} entry={old} words={words} />}
      {now && <NoText {...to} entry={now} words={words} />}
    </div>
  );
}
