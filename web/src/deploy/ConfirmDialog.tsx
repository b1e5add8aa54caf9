// Settles a host of which nobody knows, by what a person found there after looking at the evidence.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Form, Input, Modal, Radio } from "antd";

import { post, seg } from "../api/client";
import type { Aftermath, Unit, UnitDetail } from "../api/types";
import { useT } from "../i18n";
import { ProblemView } from "../ui/ProblemView";
import { Prose } from "../ui/Prose";

/** As ordered, or what stands on the host in its place. */
type Finding = "succeeded" | Exclude<Aftermath, "ran">;

interface Fields {
  finding: Finding;
  reason: string;
}

const FINDINGS: Finding[] = ["succeeded", "untouched", "restored", "broken", "removed"];
const LONGEST = 1000;

export function ConfirmDialog({ unit, onClose }: { unit: Unit; onClose: () => void }) {
  const t = useT();
  const client = useQueryClient();
  const [form] = Form.useForm<Fields>();
  const confirm = useMutation({
    mutationFn: ({ finding, reason }: Fields) =>
      post<UnitDetail>(`/units/${seg(unit.id)}/confirm`, {
        ...(finding === "succeeded" ? { outcome: "succeeded" } : { outcome: "failed", aftermath: finding }),
        reason: reason.trim(),
      }),
    onSuccess: async () => {
      onClose();
      await Promise.all([client.invalidateQueries({ queryKey: ["units", unit.id] }), client.invalidateQueries({ queryKey: ["deployments"] })]);
    },
  });
  return (
    <Modal
      open
      title={t.deployment.confirmTitle(unit.host_name)}
      okText={t.deployment.unitInterventions.confirm}
      confirmLoading={confirm.isPending}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <p className="dialog-lead">{t.deployment.confirmText}</p>
      {unit.failure && (
        <section className="dialog-lead">
          <h3>{t.deployment.evidence}</h3>
          <p className="failure-message">
            <strong>{t.deployment.unknownAt(t.steps[unit.failure.step])}</strong> <Prose text={unit.failure.message} />
          </p>
        </section>
      )}
      <Form<Fields> form={form} layout="vertical" requiredMark={false} initialValues={{ reason: "" }} onFinish={(fields) => confirm.mutate(fields)}>
        <Form.Item name="finding" label={t.deployment.found} rules={[{ required: true, message: t.deployment.foundNeeded }]}>
          <Radio.Group className="choices" options={FINDINGS.map((value) => ({ value, label: t.deployment.findings[value] }))} />
        </Form.Item>
        <Form.Item name="reason" label={t.deployment.seen}>
          <Input.TextArea autoSize={{ minRows: 2 }} maxLength={LONGEST} placeholder={t.deployment.seenHint} />
        </Form.Item>
      </Form>
      {confirm.isError && <ProblemView error={confirm.error} />}
    </Modal>
  );
}
