// How a package runs: its commands, processes and health checks.

import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Collapse, Form, Input, InputNumber, Select } from "antd";

import { useT } from "../i18n";
import { COMMANDS, type ProbeKind } from "./fields";

const PROBES: ProbeKind[] = ["http", "port", "process", "command"];

export function LifecycleFields() {
  const t = useT();
  return (
    <>
      <h3>{t.settings.commands}</h3>
      <p className="faint">{t.settings.commandsHint}</p>
      <Collapse
        size="small"
        items={COMMANDS.map((name) => ({
          key: name,
          label: <code>{name}</code>,
          extra: <span className="faint">{t.settings.when[name as keyof typeof t.settings.when]}</span>,
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
      <h3>{t.settings.processes}</h3>
      <Form.List name="process">
        {(rows, { add, remove }) => (
          <>
            {rows.map((row) => (
              <div key={row.key} className="field-row">
                <Form.Item name={[row.name, "name"]} label={t.settings.processName}>
                  <Input spellCheck={false} />
                </Form.Item>
                <Form.Item name={[row.name, "min"]} label={t.settings.min}>
                  <InputNumber min={0} precision={0} />
                </Form.Item>
                <Form.Item name={[row.name, "max"]} label={t.settings.max}>
                  <InputNumber min={0} precision={0} />
                </Form.Item>
                <Form.Item name={[row.name, "ports"]} label={t.settings.ports}>
                  <Select mode="tags" open={false} suffixIcon={null} className="field-wide" />
                </Form.Item>
                <RemoveButton onClick={() => remove(row.name)} />
              </div>
            ))}
            <AddButton label={t.settings.addProcess} onClick={() => add({ min: 1, ports: [] })} />
          </>
        )}
      </Form.List>
      <h3>{t.settings.health}</h3>
      <Form.List name="health">
        {(rows, { add, remove }) => (
          <>
            {rows.map((row) => (
              <div key={row.key} className="field-row">
                <Form.Item name={[row.name, "kind"]} label={t.settings.probe}>
                  <Select className="field-kind" options={PROBES.map((value) => ({ value, label: t.version.probes[value] }))} />
                </Form.Item>
                <Form.Item name={[row.name, "value"]} label={t.settings.probeValue} className="field-grow">
                  <Input spellCheck={false} placeholder="http://[@packhorse.host.ip]:8080/healthz" />
                </Form.Item>
                <Form.Item name={[row.name, "interval"]} label={t.settings.interval}>
                  <InputNumber min={1} precision={0} placeholder="15" />
                </Form.Item>
                <Form.Item name={[row.name, "timeout"]} label={t.settings.look}>
                  <InputNumber min={1} precision={0} placeholder="5" />
                </Form.Item>
                <Form.Item name={[row.name, "within"]} label={t.settings.within}>
                  <InputNumber min={1} precision={0} placeholder="30" />
                </Form.Item>
                <RemoveButton onClick={() => remove(row.name)} />
              </div>
            ))}
            <AddButton label={t.settings.addHealth} onClick={() => add({ kind: "http" })} />
          </>
        )}
      </Form.List>
    </>
  );
}

export function AddButton({ label, onClick }: { label: string; onClick: () => void }) {
  return (
    <Button type="dashed" icon={<PlusOutlined />} onClick={onClick}>
      {label}
    </Button>
  );
}

export function RemoveButton({ onClick }: { onClick: () => void }) {
  const t = useT();
  return <Button type="text" className="field-remove" icon={<DeleteOutlined />} aria-label={t.settings.removeRow} onClick={onClick} />;
}
