import type { DeploymentSummary } from "../api/types";
import { useI18n, useT } from "../i18n";
import { formatDuration } from "../i18n/format";
import { Ago, useNow } from "../ui/Ago";
import { State } from "../ui/State";
import { deploymentTone } from "../ui/tone";
import { doneUnits, UnitBar } from "../ui/UnitBar";
import { DeploymentLink } from "./links";
import type { Column } from "./QueryTable";

function Took({ deployment: { created_at, ended_at } }: { deployment: DeploymentSummary }) {
  const { language } = useI18n();
  const now = useNow();
  return <span className="num">{formatDuration((ended_at ? Date.parse(ended_at) : now) - Date.parse(created_at), language)}</span>;
}

export function useDeploymentColumns(): Column<DeploymentSummary>[] {
  const t = useT();
  return [
    { key: "what", title: t.deployments.what, render: (row) => <DeploymentLink deployment={row} /> },
    {
      key: "state",
      title: t.deployments.state,
      render: (row) => <State tone={deploymentTone[row.state]}>{t.deployments.states[row.state]}</State>,
    },
    {
      key: "progress",
      title: t.deployments.progress,
      width: 240,
      render: (row) => (
        <div className="progress-cell">
          <UnitBar units={row.units} total={row.total} />
          <span className="num">{`${doneUnits(row.units)}/${row.total}`}</span>
        </div>
      ),
    },
    { key: "creator", title: t.deployments.creator, optional: true, render: (row) => row.creator },
    { key: "started", title: t.deployments.started, optional: true, render: (row) => <Ago at={row.created_at} /> },
    { key: "took", title: t.deployments.took, align: "right", optional: true, render: (row) => <Took deployment={row} /> },
  ];
}
