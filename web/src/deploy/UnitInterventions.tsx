// What a person may do about one host at which a deployment failed: try it again, or go on without it.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Button, Modal } from "antd";
import { useState } from "react";

import { post, seg } from "../api/client";
import { deploymentQuery } from "../api/queries";
import type { DeploymentDetail, Unit } from "../api/types";
import { useT } from "../i18n";
import { ProblemView } from "../ui/ProblemView";
import { mayDecide, type UnitIntervention } from "./interventions";

const ALL: UnitIntervention[] = ["retry", "skip"];

export function UnitInterventions({ deployment, unit }: { deployment: DeploymentDetail; unit: Unit }) {
  const t = useT();
  const client = useQueryClient();
  const [asked, setAsked] = useState<UnitIntervention>();
  const { id, state } = deployment.summary;
  const act = useMutation({
    mutationFn: (intervention: UnitIntervention) =>
      post<DeploymentDetail>(`/deployments/${seg(id)}/${intervention}`, { hosts: [unit.host_name] }),
    onSuccess: (changed) => {
      setAsked(undefined);
      client.setQueryData(deploymentQuery(id).queryKey, (known) => (known && known.revision > changed.revision ? known : changed));
      void client.invalidateQueries({ queryKey: ["deployments"] });
    },
  });
  if (!mayDecide(state, unit.state)) return null;
  const close = () => {
    setAsked(undefined);
    act.reset();
  };
  const texts = { retry: t.deployment.retryOne, skip: t.deployment.skipOne };
  return (
    <p className="unit-interventions">
      {ALL.map((intervention) => (
        <Button key={intervention} onClick={() => setAsked(intervention)}>
          {t.deployment.unitInterventions[intervention]}
        </Button>
      ))}
      {asked && (
        <Modal
          open
          title={`${t.deployment.unitInterventions[asked]}: ${unit.host_name}`}
          okText={t.deployment.unitInterventions[asked]}
          confirmLoading={act.isPending}
          onOk={() => act.mutate(asked)}
          onCancel={close}
        >
          <p>{texts[asked](unit.host_name)}</p>
          {asked === "retry" && unit.state === "unknown" && <p>{t.deployment.retryUnknown([unit.host_name])}</p>}
          {act.isError && <ProblemView error={act.error} />}
        </Modal>
      )}
    </p>
  );
}
