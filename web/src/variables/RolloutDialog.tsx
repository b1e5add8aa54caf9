// Brings the values of now to instances that have others: their version is deployed again, as a plan shows first.

import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Form, Modal } from "antd";

import { post } from "../api/client";
import type { DeploymentRequest, PlanPreview } from "../api/types";
import { PlanProblem } from "../deploy/PlanProblem";
import { DEFAULT_STRATEGY, strategyOf, type StrategyFields } from "../forms/strategy";
import { StrategyForm } from "../forms/StrategyForm";
import { useT } from "../i18n";
import type { AffectedGroup } from "./affected";
import { affectedHosts } from "./queries";

interface Props {
  group: AffectedGroup;
  onClose: () => void;
}

/** More at once than a quarter is nothing that a change of values should do unasked. */
const STRATEGY: StrategyFields = { ...DEFAULT_STRATEGY, batch: "25%" };

export function RolloutDialog({ group, onClose }: Props) {
  const t = useT();
  const navigate = useNavigate();
  const [form] = Form.useForm<StrategyFields>();
  const { package: name, version, hosts } = group;
  const plan = useMutation({
    mutationFn: async (fields: StrategyFields) => {
      // What was listed may be a part of them, or reached by now.
      const affected = await affectedHosts(name, version);
      const targets = { modules: [], hosts: affected.length > 0 ? affected : hosts };
      const request: DeploymentRequest = { action: "deploy", package: name, version, targets, strategy: strategyOf(fields) };
      return post<PlanPreview>("/plans", request);
    },
    onSuccess: ({ id }) => navigate({ to: "/plans/$id", params: { id } }),
  });
  const submit = async () => {
    const fields = await form.validateFields().catch(() => undefined);
    if (fields) plan.mutate(fields);
  };
  return (
    <Modal
      open
      width={720}
      title={t.values.rolloutOf(name, version)}
      okText={t.deploy.makePlan}
      cancelText={t.common.cancel}
      confirmLoading={plan.isPending}
      onOk={submit}
      onCancel={onClose}
    >
      <p className="dialog-lead">{t.values.rolloutText(hosts.length)}</p>
      <StrategyForm form={form} initial={STRATEGY} total={hosts.length} />
      {plan.isError && <PlanProblem error={plan.error} request={{ package: name, targets: { modules: [], hosts } }} onRetry={submit} />}
    </Modal>
  );
}
