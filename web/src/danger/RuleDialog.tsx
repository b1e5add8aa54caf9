// A danger rule in a form. Of one that comes with Packhorse, only what becomes of a finding and whether it looks can be changed.

import { Alert, Form, Input, Modal, Select, Switch } from "antd";

import type { DangerRule, NewDangerRule, ScriptLanguage } from "../api/types";
import { useT } from "../i18n";
import { ProblemView } from "../ui/ProblemView";
import { specOf, useNewRule, useRuleChange } from "./queries";

const LEVELS = ["low", "medium", "high", "critical"] as const;
const ACTIONS = ["warn", "block"] as const;
const LANGUAGES: ScriptLanguage[] = ["shell", "python", "perl", "powershell", "sql"];

const NEW: Partial<NewDangerRule> = { level: "medium", action: "warn", languages: ["shell"], is_enabled: true };

/** Without a rule it makes a new one. */
export function RuleDialog({ rule, onClose }: { rule?: DangerRule | undefined; onClose: () => void }) {
  const t = useT();
  const [form] = Form.useForm<NewDangerRule>();
  const creation = useNewRule();
  const change = useRuleChange();
  const isDefault = rule?.origin === "default";
  const save = ({ name, ...fields }: NewDangerRule) => {
    if (!rule) creation.mutate({ name: name.trim(), ...fields }, { onSuccess: onClose });
    else change.mutate({ name: rule.name, spec: { ...specOf(rule), ...fields } }, { onSuccess: onClose });
  };
  const error = creation.error ?? change.error;
  return (
    <Modal
      open
      width={640}
      title={rule ? t.danger.editOf(rule.name) : t.danger.add}
      okText={rule ? t.danger.save : t.common.create}
      cancelText={t.common.cancel}
      confirmLoading={creation.isPending || change.isPending}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      {isDefault && <Alert type="info" showIcon title={t.danger.defaultHint} className="dialog-lead" />}
      <Form<NewDangerRule> form={form} layout="vertical" initialValues={rule ?? NEW} onFinish={save}>
        {!rule && (
          <Form.Item name="name" label={t.danger.name} extra={t.danger.nameHint} rules={[{ required: true, pattern: /^[a-z0-9-]+$/, message: t.danger.nameNeeded }]}>
            <Input autoFocus spellCheck={false} placeholder="no-telnet" maxLength={64} />
          </Form.Item>
        )}
        {!isDefault && (
          <>
            <Form.Item name="message" label={t.danger.message} rules={[{ required: true, whitespace: true, message: t.danger.messageNeeded }]}>
              <Input maxLength={200} />
            </Form.Item>
            <Form.Item name="pattern" label={t.danger.pattern} extra={t.danger.patternHint} rules={[{ required: true, message: t.danger.patternNeeded }]}>
              <Input spellCheck={false} className="mono" placeholder="\btelnet\b" maxLength={500} />
            </Form.Item>
            <Form.Item name="languages" label={t.danger.languages} rules={[{ required: true, message: t.danger.languagesNeeded }]}>
              <Select mode="multiple" options={LANGUAGES.map((value) => ({ value, label: t.danger.language[value] }))} />
            </Form.Item>
          </>
        )}
        <div className="fields-3">
          {!isDefault && (
            <Form.Item name="level" label={t.danger.level}>
              <Select options={LEVELS.map((value) => ({ value, label: t.danger.levels[value] }))} />
            </Form.Item>
          )}
          <Form.Item name="action" label={t.danger.action}>
            <Select options={ACTIONS.map((value) => ({ value, label: t.danger.actions[value] }))} />
          </Form.Item>
          <Form.Item name="is_enabled" label={t.danger.enabled} valuePropName="checked">
            <Switch />
          </Form.Item>
        </div>
      </Form>
      {error && <ProblemView error={error} />}
    </Modal>
  );
}
