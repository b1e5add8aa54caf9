// How a script is run, and the parameters that it is given.

import { Checkbox, Form, Input, InputNumber, Select } from "antd";

import type { ParameterType } from "../api/types";
import { useT } from "../i18n";
import { INTERPRETERS } from "../script/interpreters";
import type { Fields, ParameterFields } from "./fields";
import { AddButton, RemoveButton } from "./rows";

const TYPES: ParameterType[] = ["text", "integer", "boolean", "choice", "secret"];

export function ScriptFields() {
  const t = useT();
  return (
    <>
      <div className="fields-4">
        <Form.Item name={["script", "interpreter"]} label={t.script.interpreter}>
          <Select options={INTERPRETERS.map((value) => ({ value, label: t.script.interpreters[value] }))} />
        </Form.Item>
        <Form.Item name={["script", "entry"]} label={t.script.entry} rules={[{ required: true, whitespace: true, message: t.script.entryNeeded }]}>
          <Input spellCheck={false} placeholder="run.sh" />
        </Form.Item>
        <Form.Item name={["script", "timeout"]} label={t.settings.timeout}>
          <InputNumber min={1} precision={0} placeholder="3600" suffix={t.settings.seconds} />
        </Form.Item>
        <Form.Item name={["script", "user"]} label={t.settings.user}>
          <Input spellCheck={false} />
        </Form.Item>
      </div>
      <h3>{t.script.parameters}</h3>
      <p className="faint">{t.script.parametersHint}</p>
      <Form.List name={["script", "parameter"]}>
        {(rows, { add, remove }) => (
          <>
            {rows.length > 0 && (
              <div className="parameters-scroll">
                <table className="parameters">
                  <thead>
                    <tr>
                      {(["name", "type", "description", "default", "choices", "required"] as const).map((column) => (
                        <th key={column} scope="col">
                          {t.script.parameter[column]}
                        </th>
                      ))}
                      <td />
                    </tr>
                  </thead>
                  <tbody>
                    {rows.map((row) => (
                      <ParameterRow key={row.key} index={row.name} onRemove={() => remove(row.name)} />
                    ))}
                  </tbody>
                </table>
              </div>
            )}
            <AddButton label={t.script.addParameter} onClick={() => add({ type: "text", required: false } satisfies ParameterFields)} />
          </>
        )}
      </Form.List>
    </>
  );
}

/** Names of environment variables are written in capitals; the rest of the rule is the server's to say. */
const capitals = (value: unknown) => (typeof value === "string" ? value.toUpperCase().replaceAll(/[\s-]/g, "_") : value);

function ParameterRow({ index, onRemove }: { index: number; onRemove: () => void }) {
  const t = useT();
  const form = Form.useFormInstance<Fields>();
  const type = Form.useWatch(["script", "parameter", index, "type"], form) as ParameterType | undefined;
  const choices = Form.useWatch(["script", "parameter", index, "choices"], form) as string[] | undefined;
  const cell = (name: keyof ParameterFields) => [index, name];
  return (
    <tr>
      <td>
        <Form.Item name={cell("name")} noStyle normalize={capitals}>
          <Input spellCheck={false} placeholder="TARGET_DIR" aria-label={t.script.parameter.name} className="parameter-name" />
        </Form.Item>
      </td>
      <td>
        <Form.Item name={cell("type")} noStyle>
          <Select
            aria-label={t.script.parameter.type}
            popupMatchSelectWidth={false}
            options={TYPES.map((value) => ({ value, label: t.script.types[value] }))}
            // What was the default of one type need not be one of another.
            onChange={() => form.setFieldValue(["script", "parameter", index, "default"], undefined)}
          />
        </Form.Item>
      </td>
      <td>
        <Form.Item name={cell("description")} noStyle>
          <Input aria-label={t.script.parameter.description} />
        </Form.Item>
      </td>
      <td>
        <Form.Item name={cell("default")} noStyle>
          <DefaultInput type={type ?? "text"} choices={choices ?? []} label={t.script.parameter.default} />
        </Form.Item>
      </td>
      <td>
        {type === "choice" && (
          <Form.Item name={cell("choices")} noStyle>
            <Select mode="tags" open={false} suffixIcon={null} tokenSeparators={[",", " "]} aria-label={t.script.parameter.choices} className="field-wide" />
          </Form.Item>
        )}
      </td>
      <td>
        <Form.Item name={cell("required")} noStyle valuePropName="checked">
          <Checkbox aria-label={t.script.parameter.required} />
        </Form.Item>
      </td>
      <td>
        <RemoveButton onClick={onRemove} />
      </td>
    </tr>
  );
}

interface DefaultProps {
  type: ParameterType;
  choices: string[];
  label: string;
  /** Given by the form. */
  value?: string | null;
  onChange?: (value: string | undefined) => void;
}

/** A default is a text in packhorse.toml, whatever its type. */
function DefaultInput({ type, choices, label, value, onChange }: DefaultProps) {
  switch (type) {
    case "secret":
      return <Input disabled aria-label={label} />;
    case "integer":
      return <InputNumber stringMode precision={0} aria-label={label} value={value ?? null} onChange={(next) => onChange?.(next === null ? undefined : String(next))} />;
    case "boolean":
    case "choice":
      return (
        <Select
          allowClear
          aria-label={label}
          className="field-wide"
          // A choice that was taken off the list is none any more.
          value={value && (type === "boolean" || choices.includes(value)) ? value : null}
          options={(type === "boolean" ? ["true", "false"] : choices).map((one) => ({ value: one, label: one }))}
          onChange={(next: string | null) => onChange?.(next ?? undefined)}
        />
      );
    case "text":
      return <Input spellCheck={false} aria-label={label} value={value ?? ""} onChange={(event) => onChange?.(event.target.value || undefined)} />;
  }
}
