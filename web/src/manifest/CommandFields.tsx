// Commands of the life cycle, each with its arguments, limits and environment.

import { Collapse, Form, Input, InputNumber, Select } from "antd";

import type { LifecycleName } from "../api/types";
import { useT } from "../i18n";
import { AddButton, RemoveButton } from "./rows";

interface Props<Name extends LifecycleName> {
  names: readonly Name[];
  /** When each of them is run. */
  when: (name: Name) => string;
}

export function CommandFields<Name extends LifecycleName>({ names, when }: Props<Name>) {
  const t = useT();
  return (
    <Collapse
      size="small"
      items={names.map((name) => ({
        key: name,
        label: <code>{name}</code>,
        extra: <span className="faint">{when(name)}</span>,
        forceRender: true,
        children: (
          <>
            <div className="fields-2">
              <Form.Item name={["lifecycle", name, "command"]} label={t.settings.command} extra={t.settings.commandHint}>
                <Input spellCheck={false} placeholder={`scripts/${name}.sh`} />
              </Form.Item>
              <Form.Item name={["lifecycle", name, "args"]} label={t.settings.arguments}>
                <Select mode="tags" open={false} suffixIcon={null} />
              </Form.Item>
              <Form.Item name={["lifecycle", name, "timeout"]} label={t.settings.timeout}>
                <InputNumber min={1} precision={0} placeholder="300" suffix={t.settings.seconds} />
              </Form.Item>
              <Form.Item name={["lifecycle", name, "user"]} label={t.settings.user}>
                <Input spellCheck={false} />
              </Form.Item>
            </div>
            <Form.List name={["lifecycle", name, "env"]}>
              {(rows, { add, remove }) => (
                <>
                  {rows.map((row) => (
                    <div key={row.key} className="field-row">
                      <Form.Item name={[row.name, "name"]} noStyle>
                        <Input spellCheck={false} placeholder="LANG" aria-label={t.settings.envName} />
                      </Form.Item>
                      <Form.Item name={[row.name, "value"]} noStyle>
                        <Input spellCheck={false} placeholder="C.UTF-8" aria-label={t.settings.envValue} />
                      </Form.Item>
                      <RemoveButton onClick={() => remove(row.name)} />
                    </div>
                  ))}
                  <AddButton label={t.settings.addEnv} onClick={() => add({})} />
                </>
              )}
            </Form.List>
          </>
        ),
      }))}
    />
  );
}
