// The parameters of a script, each by its type.

import { Form, Input, Select, type FormInstance, type FormRule } from "antd";

import type { Parameter } from "../api/types";
import { useT } from "../i18n";
import { isInteger } from "../variables/fields";
import { SecretField } from "../vault/SecretField";
import { isNeeded, type ParameterFields } from "./parameters";

interface Props {
  form: FormInstance<ParameterFields>;
  parameters: readonly Parameter[];
  initial: ParameterFields;
}

export function ParametersForm({ form, parameters, initial }: Props) {
  const t = useT();
  const rulesOf = (parameter: Parameter): FormRule[] => [
    ...(isNeeded(parameter) ? [{ required: true, message: t.run.needed }] : []),
    ...(parameter.type === "integer"
      ? [{ validator: (_: unknown, text?: string) => (!text || isInteger(text) ? Promise.resolve() : Promise.reject(new Error(t.values.integerWrong))) }]
      : []),
  ];
  return (
    <Form<ParameterFields> form={form} layout="vertical" requiredMark={false} initialValues={initial} className="strategy">
      {parameters.map((parameter) => (
        <Form.Item key={parameter.name} name={parameter.name} label={<code>{parameter.name}</code>} extra={parameter.description} rules={rulesOf(parameter)}>
          <Field parameter={parameter} />
        </Form.Item>
      ))}
    </Form>
  );
}

interface FieldProps {
  parameter: Parameter;
  id?: string;
  value?: string;
  onChange?: (value: string | undefined) => void;
}

function Field({ parameter: { type, choices = [], required = false }, id, value, onChange }: FieldProps) {
  const of = id ? { id } : {};
  switch (type) {
    case "secret":
      return <SecretField {...of} value={value} onChange={(name) => onChange?.(name)} />;
    case "boolean":
    case "choice":
      return (
        <Select
          {...of}
          allowClear={!required}
          value={value ?? null}
          options={(type === "boolean" ? ["true", "false"] : choices).map((one) => ({ value: one, label: one }))}
          onChange={(next: string | null) => onChange?.(next ?? undefined)}
        />
      );
    case "text":
    case "integer":
    case undefined:
      return <Input {...of} spellCheck={false} value={value ?? ""} onChange={({ target }) => onChange?.(target.value)} />;
  }
}
