// The buttons by which a person steps in. Each says what it will touch, and how many, before it does.

import { DownOutlined } from "@ant-design/icons";
import { Button, Dropdown, Modal } from "antd";
import { useState } from "react";

import type { Units } from "../api/deploymentUnits";
import type { DeploymentDetail } from "../api/types";
import { useT } from "../i18n";
import type { Dictionary } from "../i18n/en";
import { ButtonLink } from "../shell/ButtonLink";
import { ProblemView } from "../ui/ProblemView";
import { canBeTakenBack, canGoAgain, interventionsOf, nextBatch, promotable, SELDOM, touched, type Intervention } from "./interventions";
import { useBatchName } from "./PlanBatches";
import { ResizeDialog } from "./ResizeDialog";
import { TakeBack } from "./TakeBack";
import { useIntervention } from "./useIntervention";

interface Props {
  deployment: DeploymentDetail;
  units: Units;
}

const DANGEROUS: Intervention[] = ["rollback", "abort"];
const PRIMARY: Intervention[] = ["promote", "resume", "retry"];

export function Interventions({ deployment, units }: Props) {
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
      {asked && asked !== "resize" && <Question intervention={asked} deployment={deployment} units={units} onClose={close} />}
    </>
  );
}

/** What has ended goes to the hosts at which it failed by a deployment of its own. */
function GoAgain({ deployment: { summary } }: Pick<Props, "deployment">) {
  const t = useT();
  const { id, action, package: name, version } = summary;
  return (
    <ButtonLink to="/deploy" search={{ package: name, version: version ?? undefined, failed_in: id }}>
      {action === "run" ? t.aim.runAgain : t.aim.again}
    </ButtonLink>
  );
}

interface QuestionProps extends Props {
  intervention: Exclude<Intervention, "resize">;
  onClose: () => void;
}

function Question({ intervention, deployment, units, onClose }: QuestionProps) {
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
      title={`${t.deployment.interventions[intervention]}: ${deployment.summary.package}`}
      okText={t.deployment.interventions[intervention]}
      okButtonProps={{ danger: DANGEROUS.includes(intervention) }}
      confirmLoading={act.isPending}
      onOk={send}
      onCancel={onClose}
    >
      {consequences(intervention, units, t, typeof batch === "number" ? nameOf(batch) : undefined).map((line) => (
        <p key={line}>{line}</p>
      ))}
      {act.isError && <ProblemView error={act.error} />}
    </Modal>
  );
}

/** What it does, in sentences. `batch` is the one that it lets begin, if that is what it does. */
function consequences(intervention: QuestionProps["intervention"], units: Units, t: Dictionary, batch: string | undefined): string[] {
  const { waiting, inFlight, switching, changed, again, unknown, back } = touched(units.values());
  const hosts = (some: { host_name: string }[]) => some.map(({ host_name }) => host_name);
  switch (intervention) {
    case "promote":
      return [batch === undefined ? t.deployment.promoteAnswer(hosts([...again, ...unknown])) : t.deployment.promoteText(batch)];
    case "skip_ahead":
      return [t.deployment.skipAheadText(batch ?? "")];
    case "pause":
      return [t.deployment.pauseText(inFlight.length)];
    case "resume":
      return [t.deployment.resumeText(waiting.length)];
    case "abort":
      return [t.deployment.abortText(waiting.length, switching.length, changed.length)];
    case "rollback":
      return [t.deployment.rollbackText(back.length)];
    case "retry":
      return [
        t.deployment.retryText(hosts([...again, ...unknown])),
        ...(unknown.length > 0 ? [t.deployment.retryUnknown(hosts(unknown))] : []),
      ];
  }
}
