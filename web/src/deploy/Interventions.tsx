// The buttons by which a person steps in. Each says what it will touch, and how many, before it does.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { App, Button, Modal } from "antd";
import { useState } from "react";

import { post, seg } from "../api/client";
import type { Units } from "../api/deploymentUnits";
import { deploymentQuery } from "../api/queries";
import type { DeploymentDetail, DeploymentRequest, PlanPreview } from "../api/types";
import { useT } from "../i18n";
import type { Dictionary } from "../i18n/en";
import { ProblemView, wordsOf } from "../ui/ProblemView";
import { Prose } from "../ui/Prose";
import { canBeTakenBack, interventionsOf, touched, type Intervention } from "./interventions";

interface Props {
  deployment: DeploymentDetail;
  units: Units;
}

const DANGEROUS: Intervention[] = ["rollback", "abort"];

export function Interventions({ deployment, units }: Props) {
  const t = useT();
  const client = useQueryClient();
  const [asked, setAsked] = useState<Intervention>();
  const { id, state } = deployment.summary;
  const act = useMutation({
    mutationFn: (intervention: Intervention) =>
      post<DeploymentDetail>(`/deployments/${seg(id)}/${intervention}`, intervention === "retry" ? { hosts: [] } : undefined),
    onSuccess: (changed) => {
      setAsked(undefined);
      client.setQueryData(deploymentQuery(id).queryKey, (known) => (known && known.revision > changed.revision ? known : changed));
      void client.invalidateQueries({ queryKey: ["deployments"] });
    },
  });
  const close = () => {
    setAsked(undefined);
    act.reset();
  };
  return (
    <>
      {interventionsOf(state, deployment.summary.units).map((intervention) => (
        <Button
          key={intervention}
          danger={DANGEROUS.includes(intervention)}
          type={intervention === "resume" || intervention === "retry" ? "primary" : "default"}
          onClick={() => setAsked(intervention)}
        >
          {t.deployment.interventions[intervention]}
        </Button>
      ))}
      {canBeTakenBack(deployment.summary) && <TakeBack deployment={deployment} />}
      {asked && (
        <Modal
          open
          title={`${t.deployment.interventions[asked]}: ${deployment.summary.package}`}
          okText={t.deployment.interventions[asked]}
          okButtonProps={{ danger: DANGEROUS.includes(asked) }}
          confirmLoading={act.isPending}
          onOk={() => act.mutate(asked)}
          onCancel={close}
        >
          {consequences(asked, units, t).map((line) => (
            <p key={line}>{line}</p>
          ))}
          {act.isError && <ProblemView error={act.error} />}
        </Modal>
      )}
    </>
  );
}

/** Plans the way back of a deployment that has ended; the plan says what it would touch. */
function TakeBack({ deployment: { spec } }: { deployment: DeploymentDetail }) {
  const t = useT();
  const navigate = useNavigate();
  const { notification } = App.useApp();
  const plan = useMutation({
    mutationFn: () => {
      const { package: name, targets, strategy } = spec;
      const request: DeploymentRequest = { action: "rollback", package: name, targets, strategy: { ...strategy, canary: 0 } };
      return post<PlanPreview>("/plans", request);
    },
    onSuccess: ({ id }) => navigate({ to: "/plans/$id", params: { id } }),
    onError: (error) => {
      const { title, detail, hint } = wordsOf(error, t);
      notification.error({ title: <Prose text={title} />, description: <Prose text={[detail, hint].filter(Boolean).join(" ")} /> });
    },
  });
  return (
    <Button loading={plan.isPending} onClick={() => plan.mutate()}>
      {t.deployment.interventions.rollback}
    </Button>
  );
}

function consequences(intervention: Intervention, units: Units, t: Dictionary): string[] {
  const { waiting, inFlight, switching, changed, again, unknown, back } = touched(units.values());
  const hosts = (some: { host_name: string }[]) => some.map(({ host_name }) => host_name);
  switch (intervention) {
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
