// What may be deleted on a host, and when.

import { Form, Input, InputNumber, Select } from "antd";

import { useT } from "../i18n";
import { AddButton, RemoveButton } from "./rows";

const ACTIONS = ["delete", "archive", "truncate", "warn"] as const;

export function CleanupFields() {
  const t = useT();
  return (
    <>
      <p className="faint">{t.settings.cleanupHint}</p>
      <Form.List name="cleanup">
        {(rows, { add, remove }) => (
          <>
            {rows.map((row) => (
              <div key={row.key} className="field-row">
                <Form.Item name={[row.name, "directory"]} label={t.settings.directory}>
                  <Input spellCheck={false} placeholder="logs" />
                </Form.Item>
                <Form.Item name={[row.name, "glob"]} label={t.settings.glob}>
                  <Input spellCheck={false} placeholder="*.log" />
                </Form.Item>
                <Form.Item name={[row.name, "partition_percent"]} label={t.settings.partition}>
                  <InputNumber min={1} max={100} precision={0} suffix="%" />
                </Form.Item>
                <Form.Item name={[row.name, "directory_mib"]} label={t.settings.directorySize}>
                  <InputNumber min={1} precision={0} suffix="MiB" />
                </Form.Item>
                <Form.Item name={[row.name, "action"]} label={t.settings.action}>
                  <Select className="field-kind" options={ACTIONS.map((value) => ({ value, label: t.settings.cleanupActions[value] }))} />
                </Form.Item>
                <Form.Item name={[row.name, "older_than"]} label={t.settings.olderThan}>
                  <Input spellCheck={false} placeholder="10d" />
                </Form.Item>
                <Form.Item name={[row.name, "larger_than_kib"]} label={t.settings.largerThan}>
                  <InputNumber min={1} precision={0} suffix="KiB" />
                </Form.Item>
                <RemoveButton onClick={() => remove(row.name)} />
              </div>
            ))}
            <AddButton label={t.settings.addCleanup} onClick={() => add({ directory: "logs", glob: "*.log", action: "warn" })} />
          </>
        )}
      </Form.List>
    </>
  );
}
