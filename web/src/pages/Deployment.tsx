// A deployment as it goes: where it stands in words, its batches and hosts, and what a person may do.

import { getRouteApi, Link } from "@tanstack/react-router";
import { Skeleton } from "antd";

import type { DeploymentDetail, SpecPart } from "../api/types";
import { useDeployment, type Connection } from "../api/useDeployment";
import { BatchBoard } from "../deploy/BatchBoard";
import { Causes } from "../deploy/Causes";
import { Interventions } from "../deploy/Interventions";
import { partsName } from "../deploy/partsName";
import { strategyNow } from "../deploy/strategyNow";
import { StrategyWords } from "../deploy/StrategyWords";
import { TargetWords } from "../deploy/TargetWords";
import { UnitDrawer } from "../deploy/UnitDrawer";
import { WaitingFor } from "../deploy/WaitingFor";
import { GuardPanel } from "../guards/GuardPanel";
import { useI18n, useT } from "../i18n";
import { formatDuration } from "../i18n/format";
import { ScriptResults } from "../runs/ScriptResults";
import { VersionLink } from "../table/links";
import { Ago, useNow } from "../ui/Ago";
import { Facts, type Fact } from "../ui/Facts";
import { PageHead } from "../ui/PageHead";
import { Panel } from "../ui/Panel";
import { ProblemView } from "../ui/ProblemView";
import { State } from "../ui/State";
import { deploymentTone } from "../ui/tone";
import { doneUnits, UnitBar } from "../ui/UnitBar";

const route = getRouteApi("/shell/deployments/$id");

export function Deployment() {
  const { id } = route.useParams();
  const { deployment, connection } = useDeployment(id);
  if (deployment.isPending) return <Skeleton active paragraph={{ rows: 10 }} />;
  if (!deployment.data) return <ProblemView error={deployment.error} onRetry={() => void deployment.refetch()} />;
  return <Contents deployment={deployment.data} connection={connection} />;
}

interface Props {
  deployment: DeploymentDetail;
  connection: Connection;
}

function Contents({ deployment, connection }: Props) {
  const t = useT();
  const { unit } = route.useSearch();
  const navigate = route.useNavigate();
  const { summary } = deployment;
  const { action } = summary;
  // Of what has ended otherwise, how much was done says nothing any more.
  const counts = !summary.ended_at || summary.state === "succeeded";
  const choose = (id: string | undefined) => void navigate({ search: { unit: id }, replace: unit !== undefined });
  return (
    <>
      <PageHead
        title={t.deployments.title1(t.actions[action], partsName(summary, t))}
        crumbs={<Link to="/deployments">{t.deployments.title}</Link>}
        note={!summary.ended_at && <Live connection={connection} />}
        actions={<Interventions deployment={deployment} />}
      />
      <Panel>
        <div className="deployment-state">
          <p className="deployment-sentence">
            <State tone={deploymentTone[summary.state]}>
              <strong>{t.deployments.states[summary.state]}</strong>
            </State>
            <span>{t.deployment.sentences[summary.state]}</span>
            {counts && <span className="deployment-done num">{t.deployment.done(doneUnits(summary.units), summary.total)}</span>}
          </p>
          <UnitBar units={summary.units} total={summary.total} />
          <WaitingFor deployment={deployment} />
        </div>
        <About deployment={deployment} />
      </Panel>
      <GuardPanel deployment={deployment} />
      {deployment.causes && deployment.causes.length > 0 && (
        <Panel title={t.deployment.causes}>
          <Causes units={deployment.causes} onChoose={choose} />
        </Panel>
      )}
      <Panel title={t.deployment.batchesLabel} extra={<StrategyWords strategy={strategyNow(deployment)} />}>
        <BatchBoard deployment={deployment} chosen={unit} onChoose={choose} />
      </Panel>
      {action === "run" && <ScriptResults deployment={deployment} />}
      {unit && <UnitDrawer deployment={deployment} id={unit} onClose={() => choose(undefined)} />}
    </>
  );
}

function Live({ connection }: { connection: Connection }) {
  const t = useT();
  return connection === "live" ? (
    <State tone="good">{t.deployment.live}</State>
  ) : (
    <State tone="idle">{t.deployment.connecting}</State>
  );
}

function Took({ from, to }: { from: string; to: string | null | undefined }) {
  const { language } = useI18n();
  const now = useNow();
  return <span className="num">{formatDuration((to ? Date.parse(to) : now) - Date.parse(from), language)}</span>;
}

function Versions({ parts }: { parts: SpecPart[] }) {
  return parts.map(({ package: name, version }) => <div key={name}>{version ? <VersionLink name={name} version={version} full /> : name}</div>);
}

function About({ deployment: { summary, spec } }: { deployment: DeploymentDetail }) {
  const t = useT();
  const facts: Fact[] = [
    [t.deployment.by, summary.creator],
    [t.deployment.started, <Ago key="s" at={summary.created_at} />],
    [t.deployments.took, <Took key="t" from={summary.created_at} to={summary.ended_at} />],
    ...(summary.version
      ? [
          [
            t.package.number,
            <Versions key="v" parts={[{ package: summary.package, version: summary.version }, ...(summary.also ?? [])]} />,
          ] satisfies Fact,
        ]
      : []),
    [t.deployment.targets, <TargetWords key="w" targets={spec.targets} />],
  ];
  return <Facts facts={facts} columns={3} />;
}
