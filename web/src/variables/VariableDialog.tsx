// Gives a variable a value in a scope, or another one.

import { useQuery } from "@tanstack/react-query";
import { Alert, Form, Input, Modal, Radio } from "antd";

import type { Variable } from "../api/types";
import { useT } from "../i18n";
import { ProblemView } from "../ui/ProblemView";
import { useRested } from "../ui/useRested";
import { SecretField } from "../vault/SecretField";
import { fieldsOf, isInteger, isVariableName, VARIABLE_TYPES, valueOf, type ValueFields } from "./fields";
import { useSetVariable, valueInQuery } from "./queries";
import { isWhole } from "./scope";
import { ScopeField } from "./ScopeField";
import { ScopeWords } from "./ScopeWords";
import { ValueWords } from "./ValueWords";

interface Fields extends ValueFields {
  name: string;
  scope: string | undefined;
  description: string;
}

/** What a new value begins with. */
export interface Start {
  name?: string | undefined;
  scope?: string | undefined;
}

interface Props {
  /** The value that is changed; without it a new one is given. */
  variable?: Variable | undefined;
  start?: Start;
  onClose: () => void;
  onSaved?: (variable: Variable) => void;
}

/** Milliseconds of rest after which it is looked whether the variable has a value there already. */
const REST = 300;

export function VariableDialog({ variable, start = {}, onClose, onSaved }: Props) {
  const t = useT();
  const [form] = Form.useForm<Fields>();
  const type = Form.useWatch("type", form) ?? variable?.type ?? "text";
  const name = useRested(Form.useWatch("name", form) ?? "", REST);
  const scope = Form.useWatch("scope", form) ?? "";
  const isNew = variable === undefined;
  const there = useQuery({ ...valueInQuery(name, scope), enabled: isNew && isVariableName(name) && isWhole(scope) }).data ?? undefined;
  const set = useSetVariable();
  const save = ({ name: given, scope: chosen, description, ...value }: Fields) =>
    set.mutate(
      {
        name: variable?.name ?? given.trim(),
        scope: variable?.scope ?? chosen ?? "",
        description: description.trim(),
        revision: (variable ?? there)?.revision ?? 0,
        ...valueOf(value),
      },
      {
        onSuccess: (saved) => {
          onSaved?.(saved);
          onClose();
        },
      },
    );
  const initial: Fields = { ...fieldsOf(variable), name: start.name ?? "", scope: start.scope, description: variable?.description ?? "" };
  return (
    <Modal
      open
      width={560}
      title={variable ? t.values.changeTitle(variable.name) : t.values.setTitle}
      okText={t.values.save}
      cancelText={t.common.cancel}
      confirmLoading={set.isPending}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <Form<Fields> form={form} layout="vertical" requiredMark={false} initialValues={initial} onFinish={save}>
        {variable ? (
          <Form.Item label={t.values.scope}>
            <ScopeWords scope={variable.scope} />
          </Form.Item>
        ) : (
          <>
            <Form.Item
              name="name"
              label={t.values.name}
              extra={t.values.nameHint}
              rules={[{ validator: (_, text: string) => (isVariableName(text.trim()) ? Promise.resolve() : Promise.reject(new Error(t.values.nameWrong))) }]}
            >
              <Input autoFocus={start.name === undefined} spellCheck={false} placeholder="db_host" maxLength={128} />
            </Form.Item>
            <Form.Item
              name="scope"
              label={t.values.scope}
              extra={t.values.scopeHint}
              rules={[{ validator: (_, text?: string) => (text && isWhole(text) ? Promise.resolve() : Promise.reject(new Error(t.values.scopeNeeded))) }]}
            >
              <ScopeField />
            </Form.Item>
          </>
        )}
        <Form.Item name="type" label={t.values.type}>
          <Radio.Group optionType="button" options={VARIABLE_TYPES.map((value) => ({ value, label: t.values.types[value] }))} />
        </Form.Item>
        {type === "text" && (
          <Form.Item name="text" label={t.values.value}>
            <Input.TextArea autoSize={{ minRows: 1, maxRows: 12 }} spellCheck={false} className="mono" autoFocus={start.name !== undefined} />
          </Form.Item>
        )}
        {type === "integer" && (
          <Form.Item
            name="integer"
            label={t.values.value}
            rules={[{ validator: (_, text: string) => (isInteger(text.trim()) ? Promise.resolve() : Promise.reject(new Error(t.values.integerWrong))) }]}
          >
            <Input spellCheck={false} inputMode="numeric" placeholder="5432" />
          </Form.Item>
        )}
        {type === "boolean" && (
          <Form.Item name="boolean" label={t.values.value}>
            <Radio.Group
              options={[
                { value: true, label: <code>true</code> },
                { value: false, label: <code>false</code> },
              ]}
            />
          </Form.Item>
        )}
        {type === "secret" && (
          <Form.Item name="secret" label={t.values.secret} extra={t.values.secretHint} rules={[{ required: true, message: t.values.secretNeeded }]}>
            <SecretField />
          </Form.Item>
        )}
        <Form.Item name="description" label={t.values.description}>
          <Input maxLength={500} placeholder={t.values.descriptionHint} />
        </Form.Item>
      </Form>
      {there && (
        <Alert
          type="warning"
          showIcon
          className="problem"
          title={t.values.thereAlready}
          description={
            <>
              <ValueWords value={there} /> <span className="faint">{t.values.setBy(there.updated_by)}</span>
            </>
          }
        />
      )}
      {set.isError && <ProblemView error={set.error} />}
    </Modal>
  );
}
