// A named strategy: for which environment it is, and how deployments proceed by it.

import { Form, Input, Modal, Select, Switch } from "antd";

import type { Environment, NamedStrategy } from "../api/types";
import { DEFAULT_STRATEGY, fieldsOf, strategyOf, type StrategyFields } from "../forms/strategy";
import { StrategyForm } from "../forms/StrategyForm";
import { useT } from "../i18n";
import { ProblemView } from "../ui/ProblemView";
import { useSetStrategy } from "./queries";

interface Fields {
  name: string;
  environment: Environment | null;
  description: string;
  is_default: boolean;
}

const ENVIRONMENTS: Environment[] = ["dev", "test", "staging", "prod"];
const NAME = /^[a-zA-Z0-9][a-zA-Z0-9._-]*$/;
/** Hosts for which the form shows what the batches come to. */
const EXAMPLE = 100;

export function StrategyDialog({ named, onClose }: { named: NamedStrategy | undefined; onClose: () => void }) {
  const t = useT();
  const [form] = Form.useForm<Fields>();
  const [how] = Form.useForm<StrategyFields>();
  const set = useSetStrategy();
  const save = async () => {
    const checked = await Promise.all([form.validateFields(), how.validateFields()]).catch(() => undefined);
    if (!checked) return;
    const [{ name, ...fields }, strategy] = checked;
    set.mutate({ ...fields, name: named?.name ?? name.trim(), strategy: strategyOf(strategy) }, { onSuccess: onClose });
  };
  return (
    <Modal
      open
      width={760}
      title={named ? t.values.changeTitle(named.name) : t.guards.addStrategy}
      okText={t.values.save}
      cancelText={t.common.cancel}
      confirmLoading={set.isPending}
      onOk={save}
      onCancel={onClose}
    >
      <Form<Fields>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ name: "", environment: named?.environment ?? null, description: named?.description ?? "", is_default: named?.is_default ?? false }}
      >
        <div className="fields-2">
          {!named && (
            <Form.Item name="name" label={t.guards.strategy} rules={[{ required: true, pattern: NAME, message: t.guards.nameWrong }]}>
              <Input autoFocus spellCheck={false} placeholder="careful" maxLength={64} />
            </Form.Item>
          )}
          <Form.Item name="environment" label={t.topology.environment}>
            <Select
              options={[{ value: null, label: t.guards.anyEnvironment }, ...ENVIRONMENTS.map((value) => ({ value, label: t.topology.environments[value] }))]}
            />
          </Form.Item>
          <Form.Item name="description" label={t.values.description}>
            <Input maxLength={500} />
          </Form.Item>
          <Form.Item name="is_default" label={t.guards.isDefault} extra={t.guards.isDefaultHint} valuePropName="checked">
            <Switch />
          </Form.Item>
        </div>
      </Form>
      <StrategyForm form={how} initial={named ? fieldsOf(named.strategy) : { ...DEFAULT_STRATEGY, canary: 1, batch: "25%" }} total={EXAMPLE} />
      {set.isError && <ProblemView error={set.error} />}
    </Modal>
  );
}
