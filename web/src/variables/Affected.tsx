// Instances whose files would be others if they were deployed now, and the button that brings the values to them.

import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Button, Table } from "antd";
import { useCallback, useEffect, useState } from "react";

import { HostNames } from "../deploy/HostNames";
import { PackageSelect } from "../forms/PackageSelect";
import { useT } from "../i18n";
import { VersionLink } from "../table/links";
import { SearchBox } from "../table/SearchBox";
import { useFilters } from "../table/useFilters";
import { Blank } from "../ui/Blank";
import { Panel } from "../ui/Panel";
import { ProblemView } from "../ui/ProblemView";
import { Waiting } from "../ui/Waiting";
import { groupsOf, type AffectedGroup } from "./affected";
import { affectedQuery } from "./queries";
import { RolloutDialog } from "./RolloutDialog";

const route = getRouteApi("/shell/variables");

/** So many are enough to look at before a person asks for more. */
const ENOUGH = 1_000;

export function Affected() {
  const t = useT();
  const { name, package: pkg } = route.useSearch();
  const { set } = useFilters();
  const onName = useCallback((next: string | undefined) => set({ name: next }), [set]);
  const [chosen, setChosen] = useState<AffectedGroup>();
  const query = useInfiniteQuery(affectedQuery({ name, package: pkg }));
  const found = query.data?.pages.flatMap(({ items }) => items) ?? [];
  const { hasNextPage, isFetching, isError, fetchNextPage } = query;
  const goesOn = hasNextPage && !isFetching && !isError && found.length < ENOUGH;
  useEffect(() => {
    if (goesOn) void fetchNextPage();
  }, [goesOn, fetchNextPage]);
  const isLooking = isFetching || goesOn;
  return (
    <div className="stack">
      <div className="toolbar">
        <SearchBox value={name} label={t.values.affectedName} onChange={onName} />
        <PackageSelect allowClear value={pkg} label={t.instances.anyPackage} onChange={(next) => set({ package: next })} />
        <span className="faint">{t.values.affectedHint}</span>
      </div>
      {isError && <ProblemView error={query.error} onRetry={() => void query.refetch()} />}
      {found.length === 0 && !isLooking && !isError && (
        <Panel>
          <Blank title={t.values.nothingAffected} hint={t.values.nothingAffectedHint} />
        </Panel>
      )}
      {found.length > 0 && (
        <Table<AffectedGroup>
          size="middle"
          pagination={false}
          rowKey={({ package: of, version }) => `${of}@${version}`}
          dataSource={groupsOf(found)}
          columns={[
            { key: "what", title: t.instances.package, render: (_, row) => <VersionLink full name={row.package} version={row.version} /> },
            { key: "count", title: t.deploy.hosts, align: "right", render: (_, row) => <span className="num">{row.hosts.length}</span> },
            { key: "hosts", title: t.values.affectedHosts, render: (_, row) => <HostNames hosts={row.hosts} /> },
            {
              key: "actions",
              title: t.package.actions,
              align: "right",
              render: (_, row) => (
                <Button aria-label={t.values.rolloutOf(row.package, row.version)} onClick={() => setChosen(row)}>
                  {t.values.rollout}
                </Button>
              ),
            },
          ]}
        />
      )}
      {isLooking && <Waiting />}
      {hasNextPage && !isLooking && (
        <Button type="text" block onClick={() => void fetchNextPage()}>
          {t.values.lookOn(found.length)}
        </Button>
      )}
      {chosen && <RolloutDialog group={chosen} onClose={() => setChosen(undefined)} />}
    </div>
  );
}
