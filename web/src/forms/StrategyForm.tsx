// How a deployment proceeds. Shows, while it is typed, what the batches come to.

import { Form, Input, InputNumber, Radio, type FormInstance } from "antd";

import type { OnFailure, Strategy } from "../api/types";
import { batchSizes, isAmount, MAX_BATCHES } from "../deploy/batches";
import { useT } from "../i18n";

/** As the form holds it; empty is what the server decides. */
export interface StrategyFields {
  canary: number | null;
  batch: string;
  max_unavailable: string;
  on_failure: OnFailure;
  bake_seconds: number | null;
  unit_timeout_seconds: number | null;
}

export const DEFAULT_STRATEGY: StrategyFields = {
  canary: 0,
  batch: "100%",
  max_unavailable: "",
  on_failure: "stop",
  bake_seconds: 0,
  unit_timeout_seconds: 1800,
};

export const fieldsOf = (strategy: Strategy): StrategyFields => ({ ...strategy, max_unavailable: strategy.max_unavailable ?? "" });

export const strategyOf = (fields: StrategyFields): Strategy => ({
  canary: fields.canary ?? 0,
  batch: fields.batch.trim(),
  max_unavailable: fields.max_unavailable.trim() || null,
  on_failure: fields.on_failure,
  bake_seconds: fields.bake_seconds ?? 0,
  unit_timeout_seconds: fields.unit_timeout_seconds ?? 1800,
});

interface Props {
  form: FormInstance<StrategyFields>;
  initial: StrategyFields;
  /** Hosts that are chosen. */
  total: number;
}

const MOST_SECONDS = 86_400;

export function StrategyForm({ form, initial, total }: Props) {
  const t = useT();
  const canary = Math.min(Form.useWatch("canary", form) ?? 0, total);
  const batch = Form.useWatch("batch", form) ?? initial.batch;
  const onFailure = Form.useWatch("on_failure", form) ?? initial.on_failure;
  const sizes = batchSizes(batch.trim(), total - canary);
  const makes = [...(canary > 0 ? [t.deploy.canaryOf(canary)] : []), ...(sizes && sizes.length > 0 ? [t.deploy.batchesOf(sizes)] : [])];
  return (
    <Form<StrategyFields> form={form} layout="vertical" initialValues={initial} className="strategy">
      <Form.Item name="canary" label={t.deploy.canary} extra={t.deploy.canaryHint}>
        <InputNumber min={0} max={100_000} precision={0} />
      </Form.Item>
      <Form.Item
        name="batch"
        label={t.deploy.batch}
        extra={sizes && total > 0 ? <span className="num">{t.deploy.makes(makes.join(" · "))}</span> : t.deploy.batchHint}
        rules={[
          {
            validator: (_, text: string) => {
              if (batchSizes(text.trim(), MAX_BATCHES) === undefined && batchSizes(text.trim(), 1) === undefined)
                return Promise.reject(new Error(t.deploy.batchWrong));
              return batchSizes(text.trim(), total) ? Promise.resolve() : Promise.reject(new Error(t.deploy.batchTooMany));
            },
          },
        ]}
      >
        <Input spellCheck={false} placeholder="1 *3" title={t.deploy.batchHint} />
      </Form.Item>
      <Form.Item
        name="max_unavailable"
        label={t.deploy.maxUnavailable}
        extra={t.deploy.maxUnavailableHint}
        rules={[
          {
            validator: (_, text: string) =>
              text.trim() === "" || isAmount(text.trim()) ? Promise.resolve() : Promise.reject(new Error(t.deploy.amountWrong)),
          },
        ]}
      >
        <Input spellCheck={false} />
      </Form.Item>
      <Form.Item name="bake_seconds" label={t.deploy.bake} extra={t.deploy.bakeHint}>
        <InputNumber min={0} max={MOST_SECONDS} precision={0} suffix={t.deploy.seconds} />
      </Form.Item>
      <Form.Item name="unit_timeout_seconds" label={t.deploy.timeout} extra={t.deploy.timeoutHint}>
        <InputNumber min={1} max={MOST_SECONDS} precision={0} suffix={t.deploy.seconds} />
      </Form.Item>
      <Form.Item
        name="on_failure"
        label={t.deploy.onFailure}
        extra={onFailure === "stop" ? t.deploy.onFailureStopHint : t.deploy.onFailureRollbackHint}
      >
        <Radio.Group
          optionType="button"
          options={[
            { value: "stop", label: t.deploy.onFailureStop },
            { value: "rollback", label: t.deploy.onFailureRollback },
          ]}
        />
      </Form.Item>
    </Form>
  );
}
