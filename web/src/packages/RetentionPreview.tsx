// What a retention rule would do to each version of a package. Nothing is deleted here.

import { useInfiniteQuery } from "@tanstack/react-query";
import { Alert, Button, Skeleton, Table } from "antd";

import type { RetentionRule, VersionFate } from "../api/types";
import { useT } from "../i18n";
import { formatBytes } from "../i18n/format";
import { VersionLink } from "../table/links";
import { Ago } from "../ui/Ago";
import { ProblemView } from "../ui/ProblemView";
import { State } from "../ui/State";
import { previewQuery } from "./queries";

interface Props {
  name: string;
  rule: RetentionRule | undefined;
  /** When it was asked for: what was true then need not be now. */
  asked: number;
}

export function RetentionPreview({ name, rule, asked }: Props) {
  const t = useT();
  const query = useInfiniteQuery(previewQuery(name, rule, asked));
  if (query.isPending) return <Skeleton active paragraph={{ rows: 6 }} />;
  if (query.isError && !query.data) return <ProblemView error={query.error} onRetry={() => void query.refetch()} />;
  const [first] = query.data.pages;
  const rows = query.data.pages.flatMap(({ items }) => items);
  if (!first) return null;
  return (
    <div className="sections">
      <Alert
        type={first.deleted > 0 ? "warning" : "success"}
        showIcon
        title={first.deleted > 0 ? t.retention.wouldDelete(first.deleted, first.kept, formatBytes(first.deleted_bytes)) : t.retention.wouldKeep(first.kept)}
      />
      <Table<VersionFate>
        size="small"
        pagination={false}
        rowKey="id"
        dataSource={rows}
        scroll={{ x: "max-content" }}
        columns={[
          { key: "version", title: t.package.number, render: (_, row) => <VersionLink name={name} version={row.version} /> },
          {
            key: "fate",
            title: t.retention.fate,
            render: (_, row) =>
              row.kept_because ? (
                <State tone="good">{t.retention.kept}</State>
              ) : (
                <State tone="bad">{t.retention.deleted}</State>
              ),
          },
          {
            key: "because",
            title: t.retention.because,
            render: (_, row) => (row.kept_because ? t.retention.reasons[row.kept_because] : t.retention.noReason),
          },
          { key: "instances", title: t.packages.instances, align: "right", render: (_, row) => <span className="num">{row.instances}</span> },
          {
            key: "deployed",
            title: t.retention.deployed,
            render: (_, row) => (row.deployed_at ? <Ago at={row.deployed_at} /> : <span className="faint">{t.common.never}</span>),
          },
          { key: "pushed", title: t.package.pushed, render: (_, row) => <Ago at={row.created_at} /> },
          { key: "bytes", title: t.package.newBytes, align: "right", render: (_, row) => <span className="num">{formatBytes(row.new_bytes)}</span> },
        ]}
      />
      {query.hasNextPage && (
        <Button type="text" block loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t.compare.more(rows.length, first.total)}
        </Button>
      )}
    </div>
  );
}
