// What a person may do about one host: try it again, also by force, settle what nobody knows, go on without it, or take it back.

import { Button, Modal } from "antd";
import { useState } from "react";

import type { DeploymentDetail, Unit } from "../api/types";
import { useT } from "../i18n";
import { ProblemView } from "../ui/ProblemView";
import { ConfirmDialog } from "./ConfirmDialog";
import { isSeveral } from "./parts";
import { unitInterventionsOf, type UnitIntervention } from "./interventions";
import { useIntervention } from "./useIntervention";

interface Props {
  deployment: DeploymentDetail;
  unit: Unit;
}

export function UnitInterventions({ deployment, unit }: Props) {
  const t = useT();
  const [asked, setAsked] = useState<UnitIntervention>();
  const all = unitInterventionsOf(deployment.summary, unit);
  if (all.length === 0) return null;
  const close = () => setAsked(undefined);
  return (
    <p className="unit-interventions">
      {all.map((intervention) => (
        <Button key={intervention} danger={intervention === "force" || intervention === "rollback"} onClick={() => setAsked(intervention)}>
          {t.deployment.unitInterventions[intervention]}
        </Button>
      ))}
      {asked === "confirm" && <ConfirmDialog unit={unit} onClose={close} />}
      {asked && asked !== "confirm" && <Question intervention={asked} deployment={deployment} unit={unit} onClose={close} />}
    </p>
  );
}

interface QuestionProps extends Props {
  intervention: Exclude<UnitIntervention, "confirm">;
  onClose: () => void;
}

/** A forced retry is a retry that insists. */
const VERBS: Record<QuestionProps["intervention"], string> = { retry: "retry", force: "retry", skip: "skip", rollback: "rollback" };

function Question({ intervention, deployment, unit, onClose }: QuestionProps) {
  const t = useT();
  const { host_name: host } = unit;
  const act = useIntervention(deployment.summary.id, onClose);
  const body = { hosts: [host], ...(intervention === "force" ? { force: true } : {}) };
  return (
    <Modal
      open
      title={`${t.deployment.unitInterventions[intervention]}: ${host}`}
      okText={t.deployment.unitInterventions[intervention]}
      okButtonProps={{ danger: intervention === "force" || intervention === "rollback" }}
      confirmLoading={act.isPending}
      onOk={() => act.mutate({ verb: VERBS[intervention], body })}
      onCancel={onClose}
    >
      <p>{t.deployment.unitTexts[intervention](host)}</p>
      {isSeveral(deployment.summary) && <p>{t.deployment.allOfHost(host)}</p>}
      {(intervention === "retry" || intervention === "force") && unit.state === "unknown" && <p>{t.deployment.retryUnknown([host])}</p>}
      {act.isError && <ProblemView error={act.error} />}
    </Modal>
  );
}
