// Where a guard rail holds, as a field of a form.

import { Form } from "antd";

import { useT } from "../i18n";
import { isWhole } from "../variables/scope";
import { ScopeField } from "../variables/ScopeField";

const KINDS = ["global", "environment", "business", "system", "module"] as const;

export function ScopeItem() {
  const t = useT();
  return (
    <Form.Item
      name="scope"
      label={t.guards.where}
      rules={[{ validator: (_, text?: string) => (text && isWhole(text) ? Promise.resolve() : Promise.reject(new Error(t.values.scopeNeeded))) }]}
    >
      <ScopeField kinds={KINDS} />
    </Form.Item>
  );
}
