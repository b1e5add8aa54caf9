// Changes the batches of the hosts that have not begun, and how many may be down.

import { Form, Input, Modal } from "antd";

import type { DeploymentDetail } from "../api/types";
import { isAmountOrNothing } from "../forms/strategy";
import { useT } from "../i18n";
import { ProblemView } from "../ui/ProblemView";
import { batchSizes } from "./batches";
import { strategyNow } from "./strategyNow";
import { useIntervention } from "./useIntervention";

interface Fields {
  batch: string;
  max_unavailable: string;
}

export function ResizeDialog({ deployment, onClose }: { deployment: DeploymentDetail; onClose: () => void }) {
  const t = useT();
  const [form] = Form.useForm<Fields>();
  const act = useIntervention(deployment.summary.id, onClose);
  const { batch: batchNow = "100%", max_unavailable: limitNow } = strategyNow(deployment);
  const waiting = deployment.summary.units["pending"] ?? 0;
  const batch = Form.useWatch("batch", form) ?? batchNow;
  const sizes = batchSizes(batch.trim(), waiting);
  const send = (fields: Fields) => {
    const limit = fields.max_unavailable.trim();
    act.mutate({ verb: "resize", body: { batch: fields.batch.trim(), ...(limit ? { max_unavailable: limit } : {}) } });
  };
  return (
    <Modal
      open
      title={`${t.deployment.interventions.resize}: ${deployment.summary.package}`}
      okText={t.deployment.interventions.resize}
      confirmLoading={act.isPending}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <p className="dialog-lead">{t.deployment.resizeText(waiting)}</p>
      <Form<Fields>
        form={form}
        layout="vertical"
        initialValues={{ batch: batchNow, max_unavailable: limitNow ?? "" }}
        onFinish={send}
      >
        <Form.Item
          name="batch"
          label={t.deploy.batch}
          extra={sizes ? <span className="num">{t.deploy.makes(t.deploy.batchesOf(sizes))}</span> : t.deploy.batchHint}
          rules={[{ validator: (_, text: string) => (batchSizes(text.trim(), waiting) ? Promise.resolve() : Promise.reject(new Error(t.deploy.batchWrong))) }]}
        >
          <Input autoFocus spellCheck={false} />
        </Form.Item>
        <Form.Item
          name="max_unavailable"
          label={t.deploy.maxUnavailable}
          extra={t.deployment.resizeLimitHint}
          rules={[{ validator: (_, text: string) => (isAmountOrNothing(text) ? Promise.resolve() : Promise.reject(new Error(t.deploy.amountWrong))) }]}
        >
          <Input spellCheck={false} />
        </Form.Item>
      </Form>
      {act.isError && <ProblemView error={act.error} />}
    </Modal>
  );
}
