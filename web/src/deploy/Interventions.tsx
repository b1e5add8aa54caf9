// The buttons by which a person steps in. Each says what it will touch, and how many, before it does.

import { DownOutlined } from "@ant-design/icons";
import { useQueries } from "@tanstack/react-query";
import { Button, Dropdown, Modal, Skeleton } from "antd";
import { useState } from "react";

import type { DeploymentDetail, UnitState } from "../api/types";
import { unitsInStateQuery } from "../api/useDeployment";
import { useT } from "../i18n";
import type { Dictionary } from "../i18n/en";
import { ButtonLink } from "../shell/ButtonLink";
import { ProblemView } from "../ui/ProblemView";
import { canBeTakenBack, canGoAgain, interventionsOf, NAMED, nextBatch, promotable, SELDOM, touched, type Intervention, type Some } from "./interventions";
import { moveOf } from "./moves";
import { partNames, partText } from "./parts";
import { useBatchName } from "./PlanBatches";
import { ResizeDialog } from "./ResizeDialog";
import { TakeBack } from "./TakeBack";
import { useIntervention } from "./useIntervention";

interface Props {
  deployment: DeploymentDetail;
}

const DANGEROUS: Intervention[] = ["rollback", "abort"];
const PRIMARY: Intervention[] = ["promote", "resume", "retry"];

export function Interventions({ deployment }: Props) {
  const t = useT();
  const [asked, setAsked] = useState<Intervention>();
  const all = interventionsOf(deployment);
  const seldom = all.filter((one) => SELDOM.includes(one));
  const close = () => setAsked(undefined);
  const primary = PRIMARY.find((one) => all.includes(one));
  return (
    <>
      {all
        .filter((one) => !SELDOM.includes(one))
        .map((intervention) => (
          <Button
            key={intervention}
            danger={DANGEROUS.includes(intervention)}
            type={intervention === primary ? "primary" : "default"}
            onClick={() => setAsked(intervention)}
          >
            {t.deployment.interventions[intervention]}
          </Button>
        ))}
      {seldom.length > 0 && (
        <Dropdown
          trigger={["click"]}
          menu={{
            items: seldom.map((key) => ({ key, label: t.deployment.interventions[key] })),
            onClick: ({ key }) => setAsked(seldom.find((one) => one === key)),
          }}
        >
          <Button icon={<DownOutlined aria-hidden />} iconPlacement="end">
            {t.deployment.more}
          </Button>
        </Dropdown>
      )}
      {canBeTakenBack(deployment.summary) && <TakeBack deployment={deployment} />}
      {canGoAgain(deployment.summary) && <GoAgain deployment={deployment} />}
      {asked === "resize" && <ResizeDialog deployment={deployment} onClose={close} />}
      {asked && asked !== "resize" && <Question intervention={asked} deployment={deployment} onClose={close} />}
    </>
  );
}

/** What has ended goes to the hosts at which it failed by a deployment of its own. */
function GoAgain({ deployment: { summary } }: Props) {
  const t = useT();
  const { id, action, package: name, version, also } = summary;
  const search = { package: name, version: version ?? undefined, also: also?.map(partText), action: moveOf(action), failed_in: id };
  return (
    <ButtonLink to="/deploy" search={search}>
      {action === "run" ? t.aim.runAgain : t.aim.again}
    </ButtonLink>
  );
}

interface QuestionProps extends Props {
  intervention: Exclude<Intervention, "resize">;
  onClose: () => void;
}

function Question({ intervention, deployment, onClose }: QuestionProps) {
  const t = useT();
  const nameOf = useBatchName(deployment.batches);
  const act = useIntervention(deployment.summary.id, onClose);
  const batch = intervention === "promote" ? promotable(deployment) : nextBatch(deployment);
  const body = { promote: typeof batch === "number" ? { batch } : {}, skip_ahead: { batch }, retry: { hosts: [] } };
  const send = () =>
    act.mutate({ verb: intervention.replace("_", "-"), ...(intervention in body ? { body: body[intervention as keyof typeof body] } : {}) });
  return (
    <Modal
      open
      title={`${t.deployment.interventions[intervention]}: ${partNames(deployment.summary).join(", ")}`}
      okText={t.deployment.interventions[intervention]}
      okButtonProps={{ danger: DANGEROUS.includes(intervention) }}
      confirmLoading={act.isPending}
      onOk={send}
      onCancel={onClose}
    >
      <Consequences intervention={intervention} deployment={deployment} batch={typeof batch === "number" ? nameOf(batch) : undefined} />
      {act.isError && <ProblemView error={act.error} />}
    </Modal>
  );
}

interface ConsequencesProps extends Props {
  intervention: QuestionProps["intervention"];
  /** The batch that it lets begin, if that is what it does. */
  batch: string | undefined;
}

/** What it does, in sentences. */
function Consequences({ intervention, deployment: { summary }, batch }: ConsequencesProps) {
  const t = useT();
  const states = NAMED.filter((state) => (summary.units[state] ?? 0) > 0);
  const read = useQueries({ queries: states.map((state) => unitsInStateQuery(summary.id, state)) });
  const failed = read.find(({ isError }) => isError);
  if (failed) return <ProblemView error={failed.error} onRetry={() => void failed.refetch()} />;
  if (read.some(({ isPending }) => isPending)) return <Skeleton active paragraph={{ rows: 1 }} title={false} />;
  const some: Partial<Record<UnitState, Some>> = {};
  states.forEach((state, index) => {
    const page = read[index]?.data;
    if (page) some[state] = { units: page.items, total: page.total };
  });
  return consequences(intervention, touched(summary.units, some), t, batch).map((line) => <p key={line}>{line}</p>);
}

function consequences(intervention: QuestionProps["intervention"], units: ReturnType<typeof touched>, t: Dictionary, batch: string | undefined): string[] {
  const { waiting, inFlight, switching, changed, again, unknown, back } = units;
  switch (intervention) {
    case "promote":
      return [batch === undefined ? t.deployment.promoteAnswer(again.hosts, again.more) : t.deployment.promoteText(batch)];
    case "skip_ahead":
      return [t.deployment.skipAheadText(batch ?? "")];
    case "pause":
      return [t.deployment.pauseText(inFlight)];
    case "resume":
      return [t.deployment.resumeText(waiting)];
    case "abort":
      return [t.deployment.abortText(waiting, switching, changed)];
    case "rollback":
      return [t.deployment.rollbackText(back)];
    case "retry":
      return [
        t.deployment.retryText(again.hosts, again.more),
        ...(unknown.hosts.length > 0 ? [t.deployment.retryUnknown(unknown.hosts, unknown.more)] : []),
      ];
  }
}
