// Plans the way back of a deployment that has ended; the plan says what it would touch.

import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { App, Button } from "antd";

import { post } from "../api/client";
import type { DeploymentDetail, DeploymentRequest, PlanPreview } from "../api/types";
import { useT } from "../i18n";
import { wordsOf } from "../ui/ProblemView";
import { Prose } from "../ui/Prose";

export function TakeBack({ deployment: { spec } }: { deployment: DeploymentDetail }) {
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
