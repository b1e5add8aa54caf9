// Makes an API token and shows its secret, once.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Form, Input, Modal, Select } from "antd";

import { post } from "../api/client";
import type { CreatedToken } from "../api/types";
import { useT } from "../i18n";
import { CopyBlock } from "../ui/Copyable";
import { ProblemView } from "../ui/ProblemView";

interface Fields {
  name: string;
  /** 0 for never. */
  days: number;
}

const DAYS = [7, 30, 90, 365];

export function TokenDialog({ onClose }: { onClose: () => void }) {
  const t = useT();
  const client = useQueryClient();
  const [form] = Form.useForm<Fields>();
  const make = useMutation({
    mutationFn: ({ name, days }: Fields) => post<CreatedToken>("/tokens", { name, expires_in_days: days || null }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["tokens"] }),
  });
  return (
    <Modal
      open
      title={make.data ? t.tokens.secretTitle : t.tokens.makeTitle}
      mask={{ closable: !make.data }}
      onCancel={onClose}
      footer={
        make.data ? (
          <Button type="primary" onClick={onClose}>
            {t.common.close}
          </Button>
        ) : (
          <>
            <Button onClick={onClose}>{t.common.cancel}</Button>
            <Button type="primary" loading={make.isPending} onClick={() => form.submit()}>
              {t.common.create}
            </Button>
          </>
        )
      }
    >
      {make.data ? (
        <div className="sections">
          <Alert type="warning" showIcon title={t.tokens.secretText} />
          <CopyBlock text={make.data.secret} label={make.data.token.name} />
        </div>
      ) : (
        <Form<Fields> form={form} layout="vertical" requiredMark={false} initialValues={{ days: 90 }} onFinish={(fields) => make.mutate(fields)}>
          <Form.Item name="name" label={t.tokens.makeName} rules={[{ required: true, whitespace: true, message: t.topology.required }]}>
            <Input autoFocus maxLength={100} placeholder={t.tokens.makeNameHint} />
          </Form.Item>
          <Form.Item name="days" label={t.tokens.makeExpires}>
            <Select options={[...DAYS.map((value) => ({ value, label: t.tokens.days(value) })), { value: 0, label: t.tokens.neverEnds }]} />
          </Form.Item>
        </Form>
      )}
      {make.isError && <ProblemView error={make.error} />}
    </Modal>
  );
}
