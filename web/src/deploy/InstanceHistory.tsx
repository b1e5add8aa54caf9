// What became of one instance: every deployment that changed it, or should have, the newest first.

import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, Drawer, Skeleton, Table } from "antd";

import { get, seg } from "../api/client";
import { partsQuery } from "../api/parts";
import type { InstanceChange, Page } from "../api/types";
import { useT } from "../i18n";
import { Ago } from "../ui/Ago";
import { Blank } from "../ui/Blank";
import { ProblemView } from "../ui/ProblemView";
import { State } from "../ui/State";
import { unitTone } from "../ui/tone";
import { VersionMove } from "./PlanChange";

const PART = 50;

const historyQuery = (host: string, name: string) => ({
  ...partsQuery(["instances", "history", host, name], (cursor, signal) =>
    get<Page<InstanceChange>>(`/hosts/${seg(host)}/instances/${seg(name)}/history`, { cursor, limit: PART }, signal),
  ),
  staleTime: 0,
});

export function InstanceHistory({ host, name, onClose }: { host: string; name: string; onClose: () => void }) {
  const t = useT();
  const query = useInfiniteQuery(historyQuery(host, name));
  const rows = query.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <Drawer open size={760} title={t.instances.historyOf(name, host)} onClose={onClose}>
      {query.isPending && <Skeleton active />}
      {query.isError && <ProblemView error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && rows.length === 0 && <Blank title={t.instances.noHistory} />}
      {rows.length > 0 && (
        <Table<InstanceChange>
          size="small"
          pagination={false}
          rowKey="unit"
          dataSource={rows}
          columns={[
            {
              key: "what",
              title: t.deployments.what,
              render: (_, row) => (
                <Link className="entity" to="/deployments/$id" params={{ id: row.deployment }} search={{ unit: row.unit }}>
                  {t.actions[row.action]}
                </Link>
              ),
            },
            { key: "versions", title: t.instances.version, render: (_, row) => <VersionMove from={row.from} to={row.to} /> },
            {
              key: "outcome",
              title: t.deployments.state,
              render: (_, row) => (
                <State tone={unitTone[row.outcome]} hint={row.failure?.message}>
                  {t.deployment.unitStates[row.outcome]}
                </State>
              ),
            },
            { key: "by", title: t.deployments.creator, render: (_, row) => row.creator },
            { key: "at", title: t.deployments.started, render: (_, row) => <Ago at={row.created_at} /> },
          ]}
        />
      )}
      {query.hasNextPage && (
        <Button type="text" block loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t.compare.more(rows.length, query.data?.pages[0]?.total ?? rows.length)}
        </Button>
      )}
    </Drawer>
  );
}
