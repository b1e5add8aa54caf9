// The databases of the chosen modules, to which a database package goes: each with what its ledger said, and the host that does it.

import { useQueries } from "@tanstack/react-query";
import { Table } from "antd";

import { getAll } from "../api/queries";
import type { DatabaseTarget } from "../api/types";
import { useT } from "../i18n";
import { ButtonLink } from "../shell/ButtonLink";
import { HostLink, ModuleLinks } from "../table/links";
import { Blank } from "../ui/Blank";
import { ProblemView } from "../ui/ProblemView";
import { State } from "../ui/State";

const databasesQuery = (module: string) => ({
  queryKey: ["database-targets", "module", module],
  queryFn: ({ signal }: { signal: AbortSignal }) => getAll<DatabaseTarget>("/database-targets", { module }, signal),
});

/** The databases of these modules, each once. */
export function useTargetDatabases(modules: readonly string[]) {
  return useQueries({
    queries: modules.map(databasesQuery),
    combine: (results) => ({
      databases: [...new Map(results.flatMap(({ data }) => data ?? []).map((one) => [one.id, one])).values()],
      isPending: results.some(({ isPending }) => isPending),
      error: results.find(({ error }) => error)?.error ?? null,
    }),
  });
}

interface Props {
  /** The package. */
  name: string;
  found: ReturnType<typeof useTargetDatabases>;
}

export function TargetDatabases({ name, found: { databases, isPending, error } }: Props) {
  const t = useT();
  if (error) return <ProblemView error={error} />;
  const ledger = ({ ledgers }: DatabaseTarget) => ledgers.find((one) => one.package === name);
  return (
    <Table<DatabaseTarget>
      size="small"
      rowKey="id"
      loading={isPending}
      dataSource={databases}
      pagination={false}
      columns={[
        { key: "name", title: t.targets.name, render: (_, row) => <strong>{row.name}</strong> },
        { key: "engine", title: t.database.engine, render: (_, row) => t.database.engines[row.engine] },
        {
          key: "now",
          title: t.deploy.current,
          render: (_, row) => <span className="num">{ledger(row)?.version ?? <span className="faint">{ledger(row) ? t.database.emptyDatabase : t.targets.neverLooked}</span>}</span>,
        },
        { key: "host", title: t.targets.host, render: (_, row) => (row.host ? <HostLink name={row.host} /> : <State tone="bad">{t.targets.noHost}</State>) },
        { key: "module", title: t.topology.module, render: (_, row) => <ModuleLinks paths={[row.module]} /> },
      ]}
      locale={{ emptyText: <Blank title={t.aim.noDatabases} hint={t.aim.noDatabasesHint} action={<ButtonLink to="/database-targets">{t.targets.title}</ButtonLink>} /> }}
    />
  );
}
