// The hosts of the chosen modules: what each has now, and why one cannot be chosen.

import { Table } from "antd";

import type { Host } from "../api/types";
import { useI18n } from "../i18n";
import { formatRelative } from "../i18n/format";
import { HostLink, ModuleLinks } from "../table/links";
import { useNow } from "../ui/Ago";
import { Blank } from "../ui/Blank";
import { State } from "../ui/State";
import { hostTone } from "../ui/tone";

interface Props {
  hosts: Host[];
  loading: boolean;
  /** The version of the chosen package by host name. */
  versions: ReadonlyMap<string, string>;
  deselected: ReadonlySet<string>;
  /** Whether it has to be said which module a host is in. */
  severalModules: boolean;
  onChange: (deselected: Set<string>) => void;
}

const MANY = 100;

export const isSelectable = (host: Host) => host.state === "online";

export function HostPicker({ hosts, loading, versions, deselected, severalModules, onChange }: Props) {
  const { t, language } = useI18n();
  const now = useNow();
  const why = (host: Host) => {
    if (isSelectable(host)) return undefined;
    return host.last_seen_at
      ? t.deploy.offline(formatRelative(Date.parse(host.last_seen_at), now, language))
      : t.deploy.neverHeard;
  };
  return (
    <Table<Host>
      size="small"
      rowKey="name"
      loading={loading}
      dataSource={hosts}
      pagination={false}
      virtual={hosts.length > MANY}
      scroll={hosts.length > MANY ? { y: 480 } : {}}
      rowSelection={{
        selectedRowKeys: hosts.filter((host) => isSelectable(host) && !deselected.has(host.name)).map(({ name }) => name),
        onChange: (keys) => onChange(new Set(hosts.filter(({ name }) => !keys.includes(name)).map(({ name }) => name))),
        getCheckboxProps: (host) => ({ disabled: !isSelectable(host), "aria-label": host.name }),
      }}
      columns={[
        { key: "host", title: t.deploy.host, width: 180, render: (_, host) => <HostLink name={host.name} /> },
        {
          key: "now",
          title: t.deploy.current,
          width: 120,
          render: (_, host) => versions.get(host.name) ?? <span className="faint">{t.deploy.notInstalled}</span>,
        },
        {
          key: "state",
          title: t.deploy.state,
          render: (_, host) => (
            <div className="two-lines">
              <State tone={hostTone[host.state]}>{t.hosts.states[host.state]}</State>
              {!isSelectable(host) && <span className="faint">{why(host)}</span>}
            </div>
          ),
        },
        { key: "address", title: t.deploy.address, width: 150, render: (_, host) => <span className="num">{host.facts.address}</span> },
        ...(severalModules
          ? [{ key: "module", title: t.deploy.modules, render: (_: unknown, host: Host) => <ModuleLinks paths={host.modules} /> }]
          : []),
      ]}
      locale={{ emptyText: <Blank title={t.deploy.noHosts} hint={t.deploy.noHostsHint} /> }}
    />
  );
}
