// A database target in a form: where the database is, whose it is, and which host runs packages in it.

import { Form, Input, Modal, Select } from "antd";

import type { DatabaseTarget, DatabaseTls, Engine } from "../api/types";
import { HostSelect } from "../forms/HostSelect";
import { ModuleSelect } from "../forms/ModuleSelect";
import { useT } from "../i18n";
import { ProblemView } from "../ui/ProblemView";
import { SecretField } from "../vault/SecretField";
import { fieldsOf, specOf, type TargetFields } from "./fields";
import { useNewTarget, useTargetChange } from "./queries";

const ENGINES: Engine[] = ["postgres", "mysql", "sqlite"];
const TLS: DatabaseTls[] = ["off", "prefer", "require", "verify"];
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

export function TargetDialog({ target, onClose }: { target: DatabaseTarget | undefined; onClose: () => void }) {
  const t = useT();
  const [form] = Form.useForm<TargetFields>();
  const initial = fieldsOf(target);
  const engine = Form.useWatch("engine", form) ?? initial.engine;
  const tls = Form.useWatch("tls", form) ?? initial.tls;
  const creation = useNewTarget();
  const change = useTargetChange();
  const save = (fields: TargetFields) => {
    const spec = specOf({ ...initial, ...fields });
    if (target) change.mutate({ name: target.name, spec }, { onSuccess: onClose });
    else creation.mutate({ name: fields.name.trim(), spec }, { onSuccess: onClose });
  };
  const needed = [{ required: true, message: t.topology.required }];
  const error = creation.error ?? change.error;
  return (
    <Modal
      open
      width={640}
      title={target ? t.values.changeTitle(target.name) : t.targets.add}
      okText={t.values.save}
      cancelText={t.common.cancel}
      confirmLoading={creation.isPending || change.isPending}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <Form<TargetFields> form={form} layout="vertical" requiredMark={false} initialValues={initial} onFinish={save}>
        <div className="fields-2">
          {!target && (
            <Form.Item name="name" label={t.targets.name} rules={[{ required: true, pattern: NAME, message: t.vault.nameWrong }]}>
              <Input autoFocus spellCheck={false} placeholder="shop-prod" maxLength={128} />
            </Form.Item>
          )}
          <Form.Item name="engine" label={t.database.engine}>
            <Select options={ENGINES.map((value) => ({ value, label: t.database.engines[value] }))} />
          </Form.Item>
          <Form.Item name="module" label={t.topology.module} rules={needed}>
            <ModuleField />
          </Form.Item>
          <Form.Item name="host" label={t.targets.host} extra={t.targets.hostHint} rules={needed}>
            <HostField />
          </Form.Item>
          <Form.Item
            name="database"
            label={engine === "sqlite" ? t.targets.file : t.targets.database}
            rules={[{ required: true, whitespace: true, message: t.topology.required }]}
          >
            <Input spellCheck={false} placeholder={engine === "sqlite" ? "/data/shop.db" : "shop"} />
          </Form.Item>
          {engine !== "sqlite" && (
            <>
              <Form.Item name="address" label={t.targets.address} rules={[{ required: true, whitespace: true, message: t.topology.required }]}>
                <Input spellCheck={false} placeholder="db.example:5432" />
              </Form.Item>
              <Form.Item name="user" label={t.database.user} rules={[{ required: true, whitespace: true, message: t.topology.required }]}>
                <Input spellCheck={false} autoComplete="off" />
              </Form.Item>
              <Form.Item name="secret" label={t.targets.password}>
                <SecretField />
              </Form.Item>
              <Form.Item name="tls" label={t.targets.tls}>
                <Select options={TLS.map((value) => ({ value, label: t.targets.tlsModes[value] }))} />
              </Form.Item>
            </>
          )}
        </div>
        {engine !== "sqlite" && tls === "verify" && (
          <Form.Item name="authority" label={t.targets.authority} rules={needed}>
            <Input.TextArea className="mono" autoSize={{ minRows: 3, maxRows: 8 }} spellCheck={false} placeholder="-----BEGIN CERTIFICATE-----" />
          </Form.Item>
        )}
        <Form.Item name="description" label={t.values.description}>
          <Input maxLength={500} />
        </Form.Item>
      </Form>
      {error && <ProblemView error={error} />}
    </Modal>
  );
}

interface FieldProps {
  value?: string;
  onChange?: (value: string | undefined) => void;
}

function ModuleField({ value, onChange }: FieldProps) {
  const t = useT();
  return <ModuleSelect value={value} label={t.values.chooseWhich.module} onChange={(path) => onChange?.(path)} />;
}

function HostField({ value, onChange }: FieldProps) {
  const t = useT();
  return <HostSelect value={value} label={t.values.chooseWhich.host} onChange={(name) => onChange?.(name)} />;
}
