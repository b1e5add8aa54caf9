// Business › System › Module, and the hosts of the module that is chosen.

import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Button, Skeleton } from "antd";
import { useState } from "react";

import { topologyQuery } from "../api/queries";
import type { Host } from "../api/types";
import { ModuleTree } from "../deploy/ModuleTree";
import { AddModuleDialog } from "../forms/AddModuleDialog";
import { JoinDialog } from "../forms/JoinDialog";
import { useT } from "../i18n";
import { ButtonLink } from "../shell/ButtonLink";
import { useHostColumns } from "../table/hostColumns";
import { ModuleName } from "../table/links";
import { QueryTable } from "../table/QueryTable";
import { Blank } from "../ui/Blank";
import { PageHead } from "../ui/PageHead";
import { Panel } from "../ui/Panel";
import { ProblemView } from "../ui/ProblemView";

const route = getRouteApi("/shell/topology");

export function Topology() {
  const t = useT();
  const { module } = route.useSearch();
  const navigate = route.useNavigate();
  const topology = useQuery(topologyQuery);
  const [adding, setAdding] = useState(false);
  const empty = topology.data?.businesses.length === 0;
  return (
    <>
      <PageHead
        title={t.topology.title}
        actions={
          <Button type={empty ? "primary" : "default"} onClick={() => setAdding(true)}>
            {t.topology.add}
          </Button>
        }
      />
      {topology.isPending && <Skeleton active paragraph={{ rows: 8 }} />}
      {topology.isError && !topology.data && <ProblemView error={topology.error} onRetry={() => void topology.refetch()} />}
      {empty && (
        <Panel>
          <Blank
            title={t.topology.empty}
            hint={t.topology.emptyHint}
            action={
              <Button type="primary" onClick={() => setAdding(true)}>
                {t.topology.add}
              </Button>
            }
          />
        </Panel>
      )}
      {topology.data && !empty && (
        <div className="deploy-where">
          <Panel className="deploy-tree">
            <ModuleTree
              topology={topology.data}
              chosen={{ module, onChange: (next) => void navigate({ search: { module: next } }) }}
            />
          </Panel>
          {module ? (
            <ModuleHosts key={module} module={module} />
          ) : (
            <Panel>
              <Blank title={t.topology.choose} />
            </Panel>
          )}
        </div>
      )}
      {adding && <AddModuleDialog onClose={() => setAdding(false)} />}
    </>
  );
}

function ModuleHosts({ module }: { module: string }) {
  const t = useT();
  const [joining, setJoining] = useState(false);
  const join = <Button onClick={() => setJoining(true)}>{t.topology.join}</Button>;
  return (
    <Panel
      flush
      title={<ModuleName path={module} />}
      extra={
        <span className="row-actions">
          {join}
          <ButtonLink to="/variables" search={{ scope: `module:${module}` }}>
            {t.values.title}
          </ButtonLink>
          <ButtonLink to="/deploy" search={{ modules: [module] }}>
            {t.topology.deployHere}
          </ButtonLink>
        </span>
      }
    >
      <QueryTable<Host>
        noun="hosts"
        path="/hosts"
        scope={{ module }}
        rowKey={(row) => row.id}
        columns={useHostColumns("modules")}
        empty={<Blank title={t.deploy.noHosts} hint={t.hosts.emptyHint} action={join} />}
      />
      {joining && <JoinDialog modules={[module]} onClose={() => setJoining(false)} />}
    </Panel>
  );
}
