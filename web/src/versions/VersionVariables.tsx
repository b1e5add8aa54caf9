// The variables in the files of a version, and apart from them what only looks like one.

import { useInfiniteQuery } from "@tanstack/react-query";
import { Button, Segmented, Skeleton, Table } from "antd";
import { useState } from "react";

import type { FoundVariable } from "../api/types";
import { useT } from "../i18n";
import { Blank } from "../ui/Blank";
import { ProblemView } from "../ui/ProblemView";
import { Prose } from "../ui/Prose";
import { variablesQuery, type Certainty } from "./queries";

interface Props {
  name: string;
  version: string;
  onFile: (path: string) => void;
}

const placeOf = ({ path = "", line, column }: FoundVariable) => `${path}:${line}:${column}`;

export function VersionVariables({ name, version, onFile }: Props) {
  const t = useT();
  const [certainty, setCertainty] = useState<Certainty>("variables");
  const query = useInfiniteQuery(variablesQuery(name, version, certainty));
  const rows = query.data?.pages.flatMap(({ items }) => items) ?? [];
  const total = query.data?.pages[0]?.total ?? 0;
  return (
    <div className="sections">
      <div className="toolbar">
        <Segmented<Certainty>
          value={certainty}
          aria-label={t.variables.certainty}
          options={(["variables", "doubts"] as const).map((value) => ({ value, label: t.variables.certainties[value] }))}
          onChange={setCertainty}
        />
        <span className="faint">{t.variables.hints[certainty]}</span>
      </div>
      {query.isPending && <Skeleton active paragraph={{ rows: 6 }} />}
      {query.isError && <ProblemView error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && rows.length === 0 && <Blank title={t.variables.empty[certainty]} />}
      {rows.length > 0 && (
        <Table<FoundVariable>
          size="small"
          pagination={false}
          rowKey={placeOf}
          dataSource={rows}
          columns={[
            {
              key: "name",
              title: t.variables.name,
              render: (_, row) => (
                <code>
                  [{row.prefix}
                  {row.name}]
                </code>
              ),
            },
            {
              key: "place",
              title: t.variables.place,
              render: (_, row) => (
                <Button type="link" size="small" className="file-link" onClick={() => onFile(row.path ?? "")}>
                  <code>{placeOf(row)}</code>
                </Button>
              ),
            },
            ...(certainty === "doubts"
              ? [{ key: "doubt", title: t.variables.why, render: (_: unknown, row: FoundVariable) => row.doubt && <Prose text={row.doubt.reason} /> }]
              : []),
          ]}
        />
      )}
      {query.hasNextPage && (
        <Button type="text" block loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t.compare.more(rows.length, total)}
        </Button>
      )}
    </div>
  );
}
