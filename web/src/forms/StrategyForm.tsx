// How a deployment proceeds. Shows, while it is typed, what the batches come to; what is seldom changed is folded away.

import { Collapse, Form, Input, InputNumber, Select, type FormInstance, type FormRule } from "antd";

import { batchSizes, MAX_BATCHES } from "../deploy/batches";
import { useT } from "../i18n";
import { hasMore, isAmountOrNothing, isLabelKeyOrNothing, ON_FAILURE, PAUSES, type StrategyFields } from "./strategy";

interface Props {
  form: FormInstance<StrategyFields>;
  initial: StrategyFields;
  /** Hosts that are chosen. */
  total: number;
}

const MOST_SECONDS = 86_400;

/** A rule that a text breaks, said in these words. */
const holds = (isRight: (text: string) => boolean, words: string): FormRule => ({
  validator: (_, text: string) => (isRight(text) ? Promise.resolve() : Promise.reject(new Error(words))),
});

export function StrategyForm({ form, initial, total }: Props) {
  const t = useT();
  const canary = Math.min(Form.useWatch("canary", form) ?? 0, total);
  const batch = Form.useWatch("batch", form) ?? initial.batch;
  const onFailure = Form.useWatch("on_failure", form) ?? initial.on_failure;
  const pause = Form.useWatch("pause", form) ?? initial.pause;
  const sizes = batchSizes(batch.trim(), total - canary);
  const makes = [...(canary > 0 ? [t.deploy.canaryOf(canary)] : []), ...(sizes && sizes.length > 0 ? [t.deploy.batchesOf(sizes)] : [])];
  return (
    <Form<StrategyFields> form={form} layout="vertical" initialValues={initial}>
      <div className="strategy">
        <Form.Item name="canary" label={t.deploy.canary} extra={t.deploy.canaryHint}>
          <InputNumber min={0} max={100_000} precision={0} />
        </Form.Item>
        <Form.Item
          name="batch"
          label={t.deploy.batch}
          extra={sizes && total > 0 ? <span className="num">{t.deploy.makes(makes.join(" · "))}</span> : t.deploy.batchHint}
          rules={[
            holds((text) => [MAX_BATCHES, 1].some((hosts) => batchSizes(text.trim(), hosts) !== undefined), t.deploy.batchWrong),
            holds((text) => [MAX_BATCHES, 1].every((hosts) => batchSizes(text.trim(), hosts) === undefined) || batchSizes(text.trim(), total) !== undefined, t.deploy.batchTooMany),
          ]}
        >
          <Input spellCheck={false} placeholder="1 *3" title={t.deploy.batchHint} />
        </Form.Item>
        <Form.Item name="bake_seconds" label={t.deploy.bake} extra={t.deploy.bakeHint}>
          <InputNumber min={0} max={MOST_SECONDS} precision={0} suffix={t.deploy.seconds} />
        </Form.Item>
        <Form.Item name="pause" label={t.deploy.pause} extra={t.deploy.pauseHints[pause]}>
          <Select options={PAUSES.map((value) => ({ value, label: t.deploy.pauses[value] }))} />
        </Form.Item>
        <Form.Item name="on_failure" label={t.deploy.onFailure} extra={t.deploy.onFailureHints[onFailure]}>
          <Select options={ON_FAILURE.map((value) => ({ value, label: t.deploy.onFailures[value] }))} />
        </Form.Item>
      </div>
      <Collapse
        ghost
        className="strategy-more"
        defaultActiveKey={hasMore(initial) ? ["more"] : []}
        items={[{ key: "more", label: t.deploy.more, forceRender: true, children: <More /> }]}
      />
    </Form>
  );
}

function More() {
  const t = useT();
  return (
    <div className="strategy">
      <Form.Item
        name="max_unavailable"
        label={t.deploy.maxUnavailable}
        extra={t.deploy.maxUnavailableHint}
        rules={[holds(isAmountOrNothing, t.deploy.amountWrong)]}
      >
        <Input spellCheck={false} />
      </Form.Item>
      <Form.Item
        name="error_threshold"
        label={t.deploy.errorThreshold}
        extra={t.deploy.errorThresholdHint}
        rules={[holds(isAmountOrNothing, t.deploy.amountWrong)]}
      >
        <Input spellCheck={false} placeholder="5%" />
      </Form.Item>
      <Form.Item name="success_threshold" label={t.deploy.successThreshold} extra={t.deploy.successThresholdHint}>
        <InputNumber min={1} max={100} precision={0} suffix="%" />
      </Form.Item>
      <Form.Item name="pause_seconds" label={t.deploy.pauseSeconds} extra={t.deploy.pauseSecondsHint}>
        <InputNumber min={0} max={MOST_SECONDS} precision={0} suffix={t.deploy.seconds} />
      </Form.Item>
      <Form.Item name="unit_timeout_seconds" label={t.deploy.timeout} extra={t.deploy.timeoutHint}>
        <InputNumber min={1} max={MOST_SECONDS} precision={0} suffix={t.deploy.seconds} />
      </Form.Item>
      <Form.Item name="step_timeout_seconds" label={t.deploy.stepTimeout} extra={t.deploy.stepTimeoutHint}>
        <InputNumber min={1} max={MOST_SECONDS} precision={0} suffix={t.deploy.seconds} />
      </Form.Item>
      <Form.Item name="progress_seconds" label={t.deploy.progress} extra={t.deploy.progressHint}>
        <InputNumber min={1} max={MOST_SECONDS} precision={0} suffix={t.deploy.seconds} />
      </Form.Item>
      <Form.Item name="order_label" label={t.deploy.orderLabel} extra={t.deploy.orderLabelHint} rules={[holds(isLabelKeyOrNothing, t.deploy.labelWrong)]}>
        <Input spellCheck={false} placeholder="zone" />
      </Form.Item>
    </div>
  );
}
