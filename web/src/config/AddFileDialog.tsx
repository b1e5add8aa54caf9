// A further file of a configuration: its name and place, and what is in it if a file of one's own is chosen.

import { Button, Form, Input, Modal } from "antd";
import { useState } from "react";

import { choose } from "../drafts/chosen";
import { useT } from "../i18n";
import { ProblemView } from "../ui/ProblemView";
import type { PlaceFields } from "./place";
import { TargetFields } from "./PlaceForm";

interface Props {
  isPending: boolean;
  error: unknown;
  onSubmit: (fields: PlaceFields & { content: Blob | string }) => void;
  onCancel: () => void;
}

export function AddFileDialog({ isPending, error, onSubmit, onCancel }: Props) {
  const t = useT();
  const [form] = Form.useForm<PlaceFields>();
  const [content, setContent] = useState<File>();
  const fill = async () => {
    const [chosen] = await choose("files");
    if (!chosen) return;
    setContent(chosen.file);
    if (!form.getFieldValue("file")) form.setFieldValue("file", chosen.file.name);
  };
  return (
    <Modal
      open
      title={t.config.add}
      okText={t.draft.create}
      cancelText={t.common.cancel}
      confirmLoading={isPending}
      onOk={() => form.submit()}
      onCancel={onCancel}
    >
      <Form form={form} name="added" layout="vertical" onFinish={(fields) => onSubmit({ ...fields, content: content ?? "" })}>
        <Form.Item
          name="file"
          label={t.config.file}
          rules={[{ required: true, whitespace: true, message: t.config.fileNeeded }]}
          extra={content ? t.create.chosen(content.name) : undefined}
        >
          <Input autoFocus spellCheck={false} placeholder="shop.yaml" suffix={<Button size="small" onClick={() => void fill()}>{t.create.chooseFile}</Button>} />
        </Form.Item>
        <TargetFields />
      </Form>
      {error ? <ProblemView error={error} /> : null}
    </Modal>
  );
}
