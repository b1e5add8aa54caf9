// One host of a deployment: why it is where it is, and the steps of its attempts with their output.

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Alert, Collapse, Drawer, Skeleton } from "antd";
import { unitQuery } from "../api/queries";
import type { Attempt, DeploymentDetail, Unit, UnitDetail } from "../api/types";
import { useT } from "../i18n";
import { formatBytes } from "../i18n/format";
import { Ago } from "../ui/Ago";
import { Blank } from "../ui/Blank";
import { ProblemView } from "../ui/ProblemView";
import { Prose } from "../ui/Prose";
import { State } from "../ui/State";
import { unitTone } from "../ui/tone";
import { followed } from "./companion";
import { isSeveral } from "./parts";
import { VersionMove } from "./PlanChange";
import { StepList } from "./StepList";
import { UnitInterventions } from "./UnitInterventions";

interface Props {
  deployment: DeploymentDetail;
  /** The unit; it is read again when an event tells that it has changed. */
  id: string;
  onClose: () => void;
}

export function UnitDrawer({ deployment, id, onClose }: Props) {
  const query = useQuery(unitQuery(id));
  const current = query.data?.unit;
  return (
    <Drawer open size={720} onClose={onClose} title={current && [current.host_name, isSeveral(deployment.summary) && current.package].filter(Boolean).join(" · ")} extra={current && <VersionMove from={current.from} to={current.to} />}>
      {query.isPending && <Skeleton active paragraph={{ rows: 8 }} />}
      {query.isError && <ProblemView error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && current && <Contents deployment={deployment} unit={current} attempts={query.data.attempts} />}
    </Drawer>
  );
}

interface ContentsProps {
  deployment: DeploymentDetail;
  unit: Unit;
  attempts: UnitDetail["attempts"];
}

function Contents({ deployment, unit, attempts }: ContentsProps) {
  const t = useT();
  const [newest, ...older] = attempts;
  const because = followed(unit, t);
  return (
    <div className="sections">
      <p className="unit-line">
        <State tone={because ? "warn" : unitTone[unit.state]}>{because ?? t.deployment.unitStates[unit.state]}</State>
        {unit.fetched_bytes != null && <span className="faint num">{t.deployment.fetched(formatBytes(unit.fetched_bytes))}</span>}
        <span className="faint">
          <Ago at={unit.updated_at} />
        </span>
        <Link to="/hosts/$name" params={{ name: unit.host_name }}>
          {t.deployment.openHost}
        </Link>
      </p>
      {unit.failure && (unit.state === "failed" || unit.state === "unknown") && <Failure unit={unit} />}
      <UnitInterventions deployment={deployment} unit={unit} />
      {newest ? <AttemptSteps attempt={newest} /> : <Blank title={t.deployment.noAttempt} />}
      {older.length > 0 && (
        <Collapse
          ghost
          items={older.map((attempt) => ({
            key: attempt.id,
            label: <AttemptTitle attempt={attempt} />,
            children: <StepList attempt={attempt} />,
          }))}
        />
      )}
    </div>
  );
}

function Failure({ unit }: { unit: Unit }) {
  const t = useT();
  const { failure } = unit;
  if (!failure) return null;
  const because = followed(unit, t);
  if (because) {
    const description = failure.aftermath ? `${t.deployment.followed.text} ${t.deployment.aftermath[failure.aftermath]}` : t.deployment.followed.text;
    return <Alert type="warning" showIcon title={because} description={description} />;
  }
  const at = t.steps[failure.step];
  return (
    <Alert
      type={unit.state === "failed" ? "error" : "warning"}
      showIcon
      title={unit.state === "failed" ? t.deployment.failedAt(at) : t.deployment.unknownAt(at)}
      description={
        <>
          <p className="failure-message">
            <Prose text={failure.message} />
          </p>
          {failure.aftermath && <p>{t.deployment.aftermath[failure.aftermath]}</p>}
        </>
      }
    />
  );
}

function AttemptTitle({ attempt }: { attempt: Attempt }) {
  const t = useT();
  return (
    <span className="attempt-title">
      {t.deployment.attempt(attempt.epoch)}
      <span className="faint">
        <Ago at={attempt.created_at} />
      </span>
    </span>
  );
}

function AttemptSteps({ attempt }: { attempt: Attempt }) {
  return (
    <section>
      <h3>
        <AttemptTitle attempt={attempt} />
      </h3>
      <StepList attempt={attempt} />
    </section>
  );
}
