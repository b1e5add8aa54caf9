import type { Instance } from "../api/types";
import { useT } from "../i18n";
import { Ago } from "../ui/Ago";
import { State } from "../ui/State";
import { healthTone, instanceTone } from "../ui/tone";
import { HostLink, ModuleLinks, PackageLink, VersionLink } from "./links";
import type { Column } from "./QueryTable";

export const instanceKey = (row: Instance) => `${row.host_name}/${row.package}`;

/** The columns of instances, without what is the same in every row of the page that shows them. */
export function useInstanceColumns(without?: "package" | "host"): Column<Instance>[] {
  const t = useT();
  const columns: Column<Instance>[] = [
    { key: "host", title: t.instances.host, sort: { ascend: "host", descend: "-host" }, render: (row) => <HostLink name={row.host_name} /> },
    { key: "package", title: t.instances.package, sort: { ascend: "package", descend: "-package" }, render: (row) => <PackageLink name={row.package} /> },
    {
      key: "version",
      title: t.instances.version,
      sort: { ascend: "version", descend: "-version" },
      render: (row) => <VersionLink name={row.package} version={row.version} />,
    },
    {
      key: "state",
      title: t.instances.state,
      sort: { ascend: "state", descend: "-state" },
      render: (row) => <State tone={instanceTone[row.state]}>{t.instances.states[row.state]}</State>,
    },
    {
      key: "health",
      title: t.instances.health,
      sort: { ascend: "health", descend: "-health" },
      render: (row) => (
        <div className="two-lines">
          <State tone={healthTone[row.health]} hint={row.reason}>
            {t.instances.healths[row.health]}
          </State>
          {(row.drift ?? 0) > 0 && <State tone="warn">{t.instances.driftOf(row.drift ?? 0)}</State>}
        </div>
      ),
    },
    { key: "module", title: t.instances.module, optional: true, render: (row) => <ModuleLinks paths={row.modules} /> },
    { key: "address", title: t.instances.address, optional: true, render: (row) => <span className="num">{row.address}</span> },
    {
      key: "previous",
      title: t.instances.previous,
      optional: true,
      render: (row) => row.previous ?? <span className="faint">{t.common.none}</span>,
    },
    { key: "updated", title: t.instances.updated, optional: true, sort: { ascend: "since", descend: "-since" }, render: (row) => <Ago at={row.updated_at} /> },
  ];
  return columns.filter(({ key }) => key !== without && !(without === "host" && (key === "address" || key === "module")));
}
