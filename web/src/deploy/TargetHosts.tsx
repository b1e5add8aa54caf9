// The hosts that are meant: what each has now, and why one cannot be chosen.

import { Button, Table } from "antd";

import type { Page, TargetHost } from "../api/types";
import { useT } from "../i18n";
import { HostLink, ModuleLinks } from "../table/links";
import { Pager } from "../table/Pager";
import { Blank } from "../ui/Blank";
import { State } from "../ui/State";
import { healthTone, hostTone } from "../ui/tone";
import { ExclusionText } from "./ExclusionText";
import { ALL, choose, chosenOf, isSelectable, NONE, type Choice } from "./choice";

interface Props {
  /** Not there while it is loaded for the first time. */
  page: Page<TargetHost> | undefined;
  /** Rows of a page. */
  size: number;
  cursor: string | undefined;
  choice: Choice;
  onChoose: (choice: Choice) => void;
  /** Whether it has to be said which modules a host is in. */
  severalModules: boolean;
  /** Whether filters may be why there is nothing. */
  isFiltered: boolean;
}

const MANY = 100;

export function TargetHosts({ page, size, cursor, choice, onChoose, severalModules, isFiltered }: Props) {
  const t = useT();
  const hosts = page?.items ?? [];
  const isLong = hosts.length > MANY;
  const set = (rows: TargetHost[], on: boolean) => onChoose(choose(choice, rows.map(({ host }) => host), on));
  return (
    <>
      <Table<TargetHost>
        size="small"
        rowKey="host"
        loading={!page}
        dataSource={hosts}
        pagination={false}
        virtual={isLong}
        scroll={isLong ? { y: 480 } : {}}
        rowSelection={{
          selectedRowKeys: chosenOf(choice, hosts),
          onSelect: (row, on) => set([row], on),
          onSelectAll: (on, _, rows) => set(rows, on),
          onSelectMultiple: (on, _, rows) => set(rows, on),
          getCheckboxProps: (row) => ({ disabled: !isSelectable(row), "aria-label": row.host }),
        }}
        columns={[
          { key: "host", title: t.deploy.host, width: 180, render: (_, row) => <HostLink name={row.host} /> },
          { key: "now", title: t.deploy.current, width: 150, render: (_, row) => <Now row={row} /> },
          { key: "state", title: t.deploy.state, render: (_, row) => <Standing row={row} /> },
          { key: "labels", title: t.aim.labelsColumn, render: (_, { labels }) => <Labels labels={labels} /> },
          ...(severalModules ? [{ key: "module", title: t.deploy.modules, render: (_: unknown, { modules }: TargetHost) => <ModuleLinks paths={modules} /> }] : []),
        ]}
        locale={{ emptyText: isFiltered ? <Blank title={t.common.nothingFound} /> : <Blank title={t.deploy.noHosts} hint={t.deploy.noHostsHint} /> }}
      />
      {page && page.total > hosts.length && (
        <footer className="table-foot target-foot">
          <Pager page={page} size={size} cursor={cursor} isSearched={false} />
          <span className="row-actions">
            <Button size="small" onClick={() => onChoose(ALL)}>
              {t.aim.all(t.common.count(page.total))}
            </Button>
            <Button size="small" onClick={() => onChoose(NONE)}>
              {t.aim.none}
            </Button>
          </span>
        </footer>
      )}
    </>
  );
}

function Now({ row: { instance } }: { row: TargetHost }) {
  const t = useT();
  if (!instance) return <span className="faint">{t.deploy.notInstalled}</span>;
  const { version, state, health } = instance;
  // Of what was stopped, and of what nobody can tell, the health says nothing.
  const says = state === "stopped" || health === "unknown" ? t.instances.states[state] : t.instances.healths[health];
  return (
    <div className="two-lines">
      <span className="num">{version}</span>
      <State tone={state === "stopped" ? "idle" : healthTone[health]}>{says}</State>
    </div>
  );
}

/** Whether the host is heard of, and what would become of it. */
function Standing({ row: { state, prospect, reason, cause } }: { row: TargetHost }) {
  const t = useT();
  return (
    <div className="two-lines">
      <State tone={hostTone[state]}>{t.hosts.states[state]}</State>
      {prospect === "excluded" && <span className="faint">{state === "offline" ? t.deploy.offline : <ExclusionText reason={reason ?? t.aim.excluded} cause={cause} />}</span>}
      {prospect === "unchanged" && <span className="faint">{t.aim.unchanged}</span>}
    </div>
  );
}

function Labels({ labels }: { labels: TargetHost["labels"] }) {
  const all = Object.entries(labels).map(([key, value]) => (value ? `${key}=${value}` : key));
  return <span className="faint target-labels">{all.join(", ")}</span>;
}
