// The way back of a deployment that has ended: of one package it is planned, and the plan says what it would touch; several packages go back
// as one, by a deployment that undoes this one.

import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { App, Button, Modal } from "antd";
import { useState } from "react";

import { post } from "../api/client";
import type { DeploymentDetail, DeploymentRequest, PlanPreview } from "../api/types";
import { useT } from "../i18n";
import { ProblemView, wordsOf } from "../ui/ProblemView";
import { Prose } from "../ui/Prose";
import { isSeveral, partNames } from "./parts";
import { useIntervention } from "./useIntervention";

export function TakeBack({ deployment }: { deployment: DeploymentDetail }) {
  return isSeveral(deployment.spec) ? <TakeAllBack deployment={deployment} /> : <PlanBack deployment={deployment} />;
}

function TakeAllBack({ deployment }: { deployment: DeploymentDetail }) {
  const t = useT();
  const [isAsked, setAsked] = useState(false);
  const close = () => setAsked(false);
  const act = useIntervention(deployment.summary.id, close);
  const title = t.deployment.interventions.rollback;
  return (
    <>
      <Button danger onClick={() => setAsked(true)}>
        {title}
      </Button>
      <Modal
        open={isAsked}
        title={`${title}: ${partNames(deployment.spec).join(", ")}`}
        okText={title}
        okButtonProps={{ danger: true }}
        confirmLoading={act.isPending}
        onOk={() => act.mutate({ verb: "rollback", body: { hosts: [] } })}
        onCancel={close}
      >
        <p>{t.deployment.takeAllBack}</p>
        {act.isError && <ProblemView error={act.error} />}
      </Modal>
    </>
  );
}

function PlanBack({ deployment: { spec } }: { deployment: DeploymentDetail }) {
  const t = useT();
  const navigate = useNavigate();
  const { notification } = App.useApp();
  const plan = useMutation({
    mutationFn: () => {
      const { package: name, targets, strategy } = spec;
      // Going back is no trial: neither a canary nor a person's word at each batch.
      const request: DeploymentRequest = {
        action: "rollback",
        package: name,
        targets,
        strategy: { batch: strategy?.batch ?? "100%", max_unavailable: strategy?.max_unavailable ?? null },
      };
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
