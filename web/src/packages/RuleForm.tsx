// The parts of a retention rule, each of which keeps some versions.

import { Form, InputNumber, Select } from "antd";

import { useT } from "../i18n";
import type { RuleFields } from "./rule";

/** As much as the server takes. */
const MOST = 100_000;
const MOST_TAGS = 20;

const NUMBERS = ["last", "deployed", "days"] as const;

interface Props {
  value: RuleFields;
  disabled?: boolean;
  onChange: (fields: RuleFields) => void;
}

export function RuleForm({ value, disabled = false, onChange }: Props) {
  const t = useT();
  return (
    <Form layout="vertical" component="div" disabled={disabled} className="rule-form">
      {NUMBERS.map((part) => (
        <Form.Item key={part} label={t.retention.parts[part]} extra={t.retention.partHints[part]}>
          <InputNumber
            min={1}
            max={MOST}
            precision={0}
            aria-label={t.retention.parts[part]}
            placeholder={t.retention.unsaid}
            value={value[part]}
            onChange={(number) => onChange({ ...value, [part]: number })}
          />
        </Form.Item>
      ))}
      <Form.Item label={t.retention.tags} extra={t.retention.tagsHint}>
        <Select
          mode="tags"
          maxCount={MOST_TAGS}
          aria-label={t.retention.tags}
          suffixIcon={null}
          tokenSeparators={[",", " "]}
          options={[]}
          notFoundContent={null}
          value={value.tags}
          onChange={(tags: string[]) => onChange({ ...value, tags })}
        />
      </Form.Item>
    </Form>
  );
}
