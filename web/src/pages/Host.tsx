// One host: what it is, and what is on it.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { App, Button, Skeleton } from "antd";
import { useState } from "react";

import { remove, seg } from "../api/client";
import { hostQuery } from "../api/queries";
import type { Host as HostData, Instance } from "../api/types";
import { JoinDialog } from "../forms/JoinDialog";
import { useT } from "../i18n";
import { formatBytes } from "../i18n/format";
import { instanceKey, useInstanceColumns } from "../table/instanceColumns";
import { ModuleLinks } from "../table/links";
import { QueryTable } from "../table/QueryTable";
import { Ago } from "../ui/Ago";
import { Blank } from "../ui/Blank";
import { Facts, type Fact } from "../ui/Facts";
import { PageHead } from "../ui/PageHead";
import { Panel } from "../ui/Panel";
import { ProblemView } from "../ui/ProblemView";
import { State } from "../ui/State";
import { hostTone } from "../ui/tone";

const route = getRouteApi("/shell/hosts/$name");

export function Host() {
  const { name } = route.useParams();
  const host = useQuery(hostQuery(name));
  if (host.isPending) return <Skeleton active paragraph={{ rows: 8 }} />;
  if (!host.data) return <ProblemView error={host.error} onRetry={() => void host.refetch()} />;
  return <Contents host={host.data} />;
}

function useRemove(host: HostData) {
  const t = useT();
  const client = useQueryClient();
  const navigate = route.useNavigate();
  const { modal } = App.useApp();
  const removal = useMutation({
    mutationFn: () => remove(`/hosts/${seg(host.name)}`),
    onSuccess: async () => {
      await navigate({ to: "/hosts" });
      await client.invalidateQueries({ queryKey: ["hosts"] });
    },
  });
  const ask = () =>
    modal.confirm({
      title: t.hosts.removeTitle(host.name),
      content: t.hosts.removeText(host.instances),
      okText: t.hosts.remove,
      okButtonProps: { danger: true },
      // A refusal closes the question; the page says why.
      onOk: () => removal.mutateAsync().catch(() => undefined),
    });
  return { ask, error: removal.error };
}

function Contents({ host }: { host: HostData }) {
  const t = useT();
  const [joining, setJoining] = useState(false);
  const { ask, error } = useRemove(host);
  const { facts } = host;
  const list: Fact[] = [
    [t.hosts.address, facts.address],
    [t.hosts.os, facts.os],
    [t.hosts.kernel, facts.kernel],
    [t.hosts.arch, facts.arch],
    [t.hosts.cpus, facts.cpus],
    [t.hosts.memory, formatBytes(facts.memory)],
    [t.hosts.disk, formatBytes(facts.disk_free)],
    [t.hosts.agent, facts.agent_version],
    [t.hosts.incarnation, host.incarnation],
    [t.hosts.joined, <Ago key="j" at={host.created_at} />],
    [t.hosts.modules, <ModuleLinks key="m" paths={host.modules} />],
  ];
  return (
    <>
      <PageHead
        title={host.name}
        crumbs={<Link to="/hosts">{t.hosts.title}</Link>}
        note={
          <>
            <State tone={hostTone[host.state]}>{t.hosts.states[host.state]}</State>
            <span className="faint">
              {t.hosts.lastSeen} {host.last_seen_at ? <Ago at={host.last_seen_at} /> : t.common.never}
            </span>
          </>
        }
        actions={
          <>
            <Button onClick={() => setJoining(true)}>{t.hosts.rejoin}</Button>
            <Button danger onClick={ask}>
              {t.hosts.remove}
            </Button>
          </>
        }
      />
      {error && <ProblemView error={error} />}
      <Panel title={t.hosts.facts}>
        <Facts facts={list} columns={3} />
      </Panel>
      <Panel title={t.hosts.instancesOn} flush>
        <QueryTable<Instance>
          noun="instances"
          path="/instances"
          scope={{ host: host.name }}
          rowKey={instanceKey}
          columns={useInstanceColumns("host")}
          empty={<Blank title={t.hosts.noInstances} />}
        />
      </Panel>
      {joining && <JoinDialog host={host.name} modules={host.modules} onClose={() => setJoining(false)} />}
    </>
  );
}
