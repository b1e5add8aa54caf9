// What a script wrote, with the hosts together at which it ended in the same way and wrote the same; the largest group first.

import { DownloadOutlined } from "@ant-design/icons";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Button, Collapse, Skeleton } from "antd";

import { BASE, get, seg } from "../api/client";
import { partsQuery } from "../api/parts";
import type { DeploymentDetail, OutputGroup, Page, ScriptExit } from "../api/types";
import { HostNames } from "../deploy/HostNames";
import { StepOutput } from "../deploy/StepOutput";
import { useI18n, useT } from "../i18n";
import { formatBytes, formatDuration } from "../i18n/format";
import { Ago } from "../ui/Ago";
import { Blank } from "../ui/Blank";
import { Panel } from "../ui/Panel";
import { ProblemView } from "../ui/ProblemView";
import { State } from "../ui/State";
import { exitTone } from "./exits";

const path = (deployment: string, rest = "") => `/deployments/${seg(deployment)}/outputs${rest}`;

const PART = 50;
/** Hosts of a group that are named. */
const NAMED = 200;

/** Groups as they are when the deployment is at this revision. */
const groupsQuery = (id: string, revision: number) => ({
  ...partsQuery(["deployments", id, "outputs", revision], (cursor, signal) => get<Page<OutputGroup>>(path(id), { cursor, limit: PART }, signal)),
  gcTime: 0,
});

const hostsQuery = (id: string, group: OutputGroup) => ({
  queryKey: ["deployments", id, "outputs", "hosts", group.id, group.hosts],
  queryFn: ({ signal }: { signal: AbortSignal }) => get<Page<{ host_name: string }>>(path(id, "/hosts"), { group: group.id, limit: NAMED }, signal),
});

export function ScriptResults({ deployment: { summary, revision } }: { deployment: DeploymentDetail }) {
  const t = useT();
  const query = useInfiniteQuery({ ...groupsQuery(summary.id, revision), placeholderData: (before) => before });
  const groups = query.data?.pages.flatMap(({ items }) => items) ?? [];
  const total = query.data?.pages[0]?.total ?? 0;
  return (
    <Panel
      title={t.run.results}
      extra={
        groups.length > 0 && (
          <Button size="small" icon={<DownloadOutlined />} href={BASE + path(summary.id, "/download?as=zip")} download>
            {t.run.download}
          </Button>
        )
      }
    >
      {query.isPending && <Skeleton active />}
      {query.isError && <ProblemView error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && groups.length === 0 && <Blank title={t.run.noResults} />}
      {groups.length > 0 && (
        <Collapse
          ghost
          className="output-groups"
          defaultActiveKey={groups.slice(0, 1).map(({ id }) => id)}
          items={groups.map((group) => ({
            key: group.id,
            label: <GroupLine group={group} />,
            children: <Group deployment={summary.id} group={group} />,
          }))}
        />
      )}
      {query.hasNextPage && (
        <Button type="text" block loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t.compare.more(groups.length, total)}
        </Button>
      )}
    </Panel>
  );
}

function GroupLine({ group }: { group: OutputGroup }) {
  const { t, language } = useI18n();
  const { fastest_millis: fastest, slowest_millis: slowest } = group;
  const took = [fastest, slowest].map((millis) => formatDuration(millis, language));
  return (
    <span className="output-group">
      <strong className="num">{t.common.hosts(group.hosts)}</strong>
      <State tone={exitTone(group.exit)}>
        <ExitWords exit={group.exit} />
      </State>
      <span className="faint num">{took[0] === took[1] ? took[0] : took.join(" – ")}</span>
      <span className="faint num">{formatBytes(group.output_bytes)}</span>
    </span>
  );
}

function ExitWords({ exit }: { exit: ScriptExit }) {
  const t = useT();
  switch (exit.how) {
    case "code":
      return t.run.exits.code(exit.code);
    case "signal":
      return t.run.exits.signal(exit.signal);
    case "timed_out":
      return t.run.exits.timedOut;
    case "stopped":
      return t.run.exits.stopped;
    case "not_started":
      return t.run.exits.notStarted;
  }
}

function Group({ deployment, group }: { deployment: string; group: OutputGroup }) {
  const t = useT();
  const hosts = useQuery(hostsQuery(deployment, group));
  return (
    <div className="sections">
      <HostNames hosts={hosts.data?.items.map(({ host_name: name }) => name) ?? [group.first]} total={group.hosts} />
      {group.dropped_at ? (
        <p className="faint">
          {t.run.dropped} <Ago at={group.dropped_at} />
        </p>
      ) : (
        <StepOutput attempt={group.attempt} index={group.step} running={false} empty={group.output_bytes === 0} />
      )}
    </div>
  );
}
