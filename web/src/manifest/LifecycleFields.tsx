// How a package runs: its commands, processes and health checks.

import { Form, Input, InputNumber, Select } from "antd";

import { useT } from "../i18n";
import { CommandFields } from "./CommandFields";
import { COMMANDS, type ProbeKind } from "./fields";
import { AddButton, RemoveButton } from "./rows";

const PROBES: ProbeKind[] = ["http", "port", "process", "command"];

export function LifecycleFields() {
  const t = useT();
  return (
    <>
      <h3>{t.settings.commands}</h3>
      <p className="faint">{t.settings.commandsHint}</p>
      <CommandFields names={COMMANDS} when={(name) => t.settings.when[name as keyof typeof t.settings.when]} />
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
