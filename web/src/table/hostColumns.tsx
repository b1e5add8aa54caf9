import type { Host } from "../api/types";
import { useT } from "../i18n";
import { Ago } from "../ui/Ago";
import { State } from "../ui/State";
import { hostTone } from "../ui/tone";
import { HostLink, ModuleLinks } from "./links";
import type { Column } from "./QueryTable";

export function useHostColumns(without?: "modules"): Column<Host>[] {
  const t = useT();
  const faint = <span className="faint">–</span>;
  const columns: Column<Host>[] = [
    { key: "name", title: t.hosts.name, render: (row) => <HostLink name={row.name} /> },
    { key: "state", title: t.hosts.state, render: (row) => <State tone={hostTone[row.state]}>{t.hosts.states[row.state]}</State> },
    { key: "address", title: t.hosts.address, render: (row) => <span className="num">{row.facts.address || faint}</span> },
    { key: "modules", title: t.hosts.modules, optional: true, render: (row) => <ModuleLinks paths={row.modules} /> },
    { key: "instances", title: t.hosts.instances, align: "right", render: (row) => <span className="num">{row.instances}</span> },
    {
      key: "system",
      title: t.hosts.system,
      optional: true,
      render: (row) => [row.facts.os, row.facts.arch].filter(Boolean).join(", ") || faint,
    },
    { key: "agent", title: t.hosts.agent, optional: true, render: (row) => <span className="num">{row.facts.agent_version || faint}</span> },
    {
      key: "seen",
      title: t.hosts.lastSeen,
      optional: true,
      render: (row) => (row.last_seen_at ? <Ago at={row.last_seen_at} /> : t.common.never),
    },
  ];
  return columns.filter(({ key }) => key !== without);
}
