// Two versions beside each other: what is different, and how.

import { SwapOutlined } from "@ant-design/icons";
import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Button, Segmented, Skeleton } from "antd";
import { useDeferredValue } from "react";

import type { ChangeKind, Comparison } from "../api/types";
import { useI18n, useT } from "../i18n";
import { formatNumber } from "../i18n/format";
import { SearchBox } from "../table/SearchBox";
import { Blank } from "../ui/Blank";
import { PageHead } from "../ui/PageHead";
import { ProblemView } from "../ui/ProblemView";
import { ChangeList } from "../versions/ChangeList";
import { ChangeView } from "../versions/ChangeView";
import { CHANGE_KINDS, pathOf, shownOf, sideOf } from "../versions/comparison";
import { comparisonQuery } from "../versions/queries";
import { VersionSelect } from "../versions/VersionSelect";

const route = getRouteApi("/shell/packages/$name/compare");

export function Compare() {
  const t = useT();
  const { name } = route.useParams();
  const { from, to } = route.useSearch();
  const navigate = route.useNavigate();
  const choose = (change: { from?: string | undefined; to?: string | undefined }) =>
    void navigate({ replace: true, search: (before) => ({ from: before.from, to: before.to, ...change }) });
  return (
    <>
      <PageHead
        title={t.compare.title}
        name={`${name} · ${t.compare.title}`}
        crumbs={
          <>
            <Link to="/packages">{t.packages.title}</Link> /{" "}
            <Link to="/packages/$name" params={{ name }}>
              {name}
            </Link>
          </>
        }
        actions={
          <>
            <VersionSelect name={name} value={from} without={to} label={t.compare.from} onChange={(next) => choose({ from: next })} />
            <Button icon={<SwapOutlined />} aria-label={t.compare.swap} title={t.compare.swap} onClick={() => choose({ from: to, to: from })} />
            <VersionSelect name={name} value={to} without={from} label={t.compare.to} onChange={(next) => choose({ to: next })} />
          </>
        }
      />
      {from && to ? <Differences key={`${from} ${to}`} name={name} from={from} to={to} /> : <Blank title={t.compare.choose} hint={t.compare.chooseHint} />}
    </>
  );
}

function Differences({ name, from, to }: { name: string; from: string; to: string }) {
  const { t, language } = useI18n();
  const navigate = route.useNavigate();
  const { path, change: kind, text } = route.useSearch();
  const query = useInfiniteQuery(comparisonQuery(name, from, to));
  const settled = useDeferredValue(text);
  if (query.isPending) return <Skeleton active paragraph={{ rows: 8 }} />;
  if (query.isError && !query.data) return <ProblemView error={query.error} onRetry={() => void query.refetch()} />;

  const [first] = query.data.pages;
  const changes = query.data.pages.flatMap(({ items }) => items);
  const total = first?.total ?? 0;
  const shown = shownOf(changes, { kind, text: settled });
  const chosen = shown.find((one) => pathOf(one) === path) ?? shown[0];
  const set = (change: { path?: string | undefined; change?: ChangeKind | undefined; text?: string | undefined }) =>
    void navigate({ replace: true, search: (before) => ({ ...before, ...change }) });
  if (first && total === 0) return <Blank title={t.compare.equal} hint={t.compare.equalHint(first.counts.unchanged)} />;
  return (
    <div className="compare">
      <div className="toolbar">
        <SearchBox value={text} label={t.compare.filter} onChange={(next) => set({ text: next })} />
        {first && <KindChoice counts={first.counts} total={total} kind={kind} onChange={(next) => set({ change: next })} />}
        {first && <span className="faint">{t.compare.unchanged(formatNumber(first.counts.unchanged, language))}</span>}
      </div>
      <div className="compare-panes">
        <div className="compare-side">
          {shown.length === 0 && <Blank title={t.common.nothingFound} />}
          {shown.length > 0 && <ChangeList changes={shown} chosen={chosen && pathOf(chosen)} onChoose={(next) => set({ path: next })} />}
          {query.hasNextPage && (
            <Button type="text" block loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
              {t.compare.more(changes.length, total)}
            </Button>
          )}
        </div>
        {chosen && <ChangeView key={pathOf(chosen)} change={chosen} from={{ name, version: from }} to={sideOf(name, to)} />}
      </div>
    </div>
  );
}

interface ChoiceProps {
  counts: Comparison["counts"];
  total: number;
  kind: ChangeKind | undefined;
  onChange: (kind: ChangeKind | undefined) => void;
}

function KindChoice({ counts, total, kind, onChange }: ChoiceProps) {
  const { t, language } = useI18n();
  const words = (text: string, count: number) => `${text} ${formatNumber(count, language)}`;
  const kinds = CHANGE_KINDS.filter((one) => counts[one] > 0 || one === kind);
  return (
    <Segmented<ChangeKind | "all">
      value={kind ?? "all"}
      aria-label={t.compare.kind}
      options={[
        { value: "all", label: words(t.compare.all, total) },
        ...kinds.map((one) => ({ value: one, label: words(t.compare.kinds[one], counts[one]) })),
      ]}
      onChange={(next) => onChange(next === "all" ? undefined : next)}
    />
  );
}
