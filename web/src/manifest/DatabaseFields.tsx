// For which engine a database package is written, and where its increment begins.

import { Form, Input, Select } from "antd";

import type { Engine } from "../api/types";
import { useT } from "../i18n";

const ENGINES: Engine[] = ["postgres", "mysql", "sqlite"];

export function EngineField({ name }: { name: string | string[] }) {
  const t = useT();
  return (
    <Form.Item name={name} label={t.database.engine}>
      <Select options={ENGINES.map((value) => ({ value, label: t.database.engines[value] }))} />
    </Form.Item>
  );
}

export function DatabaseFields() {
  const t = useT();
  return (
    <div className="fields-3">
      <EngineField name={["database", "engine"]} />
      <Form.Item name={["database", "from"]} label={t.database.from} extra={t.database.fromByName}>
        <Input spellCheck={false} placeholder="1.0.0" />
      </Form.Item>
      <Form.Item name={["database", "user"]} label={t.database.user}>
        <Input spellCheck={false} />
      </Form.Item>
    </div>
  );
}
