// Where one configuration file goes: its target, owner and mode. Saved when a field is left.

import { Form, Input } from "antd";

import type { ConfigFile } from "../api/types";
import { useT } from "../i18n";
import { ProblemView } from "../ui/ProblemView";
import { isSamePlace, placed, type PlaceFields } from "./place";

interface Props {
  file: ConfigFile;
  readOnly: boolean;
  error: unknown;
  onChange: (fields: PlaceFields) => void;
}

/** Give it the file as its key. */
export function PlaceForm({ file, readOnly, error, onChange }: Props) {
  const [form] = Form.useForm<PlaceFields>();
  const save = async () => {
    try {
      const fields = { ...(await form.validateFields()), file: file.file };
      if (!isSamePlace(placed(fields), file)) onChange(fields);
    } catch {
      // The form says what is missing.
    }
  };
  return (
    <Form form={form} name="place" layout="vertical" size="small" disabled={readOnly} initialValues={file} onBlur={() => void save()}>
      <TargetFields />
      {error ? <ProblemView error={error} /> : null}
    </Form>
  );
}

/** The fields of a place, for this form and those that add a file; `within` is its row in a list of them. */
export function TargetFields({ within }: { within?: number }) {
  const t = useT();
  const field = (name: keyof PlaceFields) => (within === undefined ? name : [within, name]);
  return (
    <>
      <Form.Item name={field("target")} label={t.config.target} rules={[{ required: true, pattern: /^\s*\/./, message: t.config.targetNeeded }]}>
        <Input spellCheck={false} placeholder="/etc/shop/shop.yaml" />
      </Form.Item>
      <div className="fields-pair">
        <Form.Item name={field("owner")} label={t.config.owner}>
          <Input spellCheck={false} placeholder="shop:shop" />
        </Form.Item>
        <Form.Item name={field("mode")} label={t.config.mode}>
          <Input spellCheck={false} placeholder="640" maxLength={4} />
        </Form.Item>
      </div>
    </>
  );
}
