// Puts a secret into the vault, or gives one a new value. What is typed here is not shown again by anybody.

import { EyeInvisibleOutlined, EyeOutlined } from "@ant-design/icons";
import { Button, Form, Input, Modal } from "antd";
import { useState } from "react";

import type { Secret } from "../api/types";
import { useT } from "../i18n";
import { ProblemView } from "../ui/ProblemView";
import { useNewSecret, useSecretChange } from "./queries";

interface Fields {
  name: string;
  value: string;
  description: string;
}

interface Props {
  /** The secret that gets a new value; without it a new one is made. */
  secret?: Secret | undefined;
  start?: string | undefined;
  onClose: () => void;
  onSaved?: (secret: Secret) => void;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
const LONGEST = 64 << 10;

const isTooLong = (text: string) => new Blob([text]).size > LONGEST;

export function SecretDialog({ secret, start, onClose, onSaved }: Props) {
  const t = useT();
  const [form] = Form.useForm<Fields>();
  const creation = useNewSecret();
  const change = useSecretChange();
  const done = {
    onSuccess: (saved: Secret) => {
      onSaved?.(saved);
      onClose();
    },
  };
  const save = ({ name, value, description }: Fields) => {
    if (!secret) creation.mutate({ name: name.trim(), value, description: description.trim() }, done);
    // Left empty, the value stays and only the description changes.
    else change.mutate({ name: secret.name, description: description.trim(), ...(value ? { value } : {}) }, done);
  };
  const error = creation.error ?? change.error;
  return (
    <Modal
      open
      title={secret ? t.vault.changeTitle(secret.name) : t.vault.addTitle}
      okText={secret ? t.values.save : t.vault.add}
      cancelText={t.common.cancel}
      confirmLoading={creation.isPending || change.isPending}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <Form<Fields>
        form={form}
        layout="vertical"
        requiredMark={false}
        autoComplete="off"
        initialValues={{ name: start ?? "", value: "", description: secret?.description ?? "" }}
        onFinish={save}
      >
        {!secret && (
          <Form.Item name="name" label={t.vault.name} rules={[{ pattern: NAME, required: true, message: t.vault.nameWrong }]}>
            <Input autoFocus spellCheck={false} placeholder="shop-db" maxLength={128} />
          </Form.Item>
        )}
        <Form.Item
          name="value"
          label={t.vault.value}
          extra={secret ? t.vault.changeHint(secret.version + 1) : t.vault.valueHint}
          rules={[
            { required: !secret, message: t.vault.valueNeeded },
            { validator: (_, text: string) => (isTooLong(text) ? Promise.reject(new Error(t.vault.valueTooLong)) : Promise.resolve()) },
          ]}
        >
          <HiddenText autoFocus={secret !== undefined} />
        </Form.Item>
        <Form.Item name="description" label={t.values.description}>
          <Input maxLength={500} placeholder={t.vault.descriptionHint} />
        </Form.Item>
      </Form>
      {error && <ProblemView error={error} />}
    </Modal>
  );
}

interface HiddenTextProps {
  id?: string;
  value?: string;
  onChange?: (text: string) => void;
  autoFocus: boolean;
}

/** A text of several lines, as keys are, that nobody reads over a shoulder unless it is asked for. */
function HiddenText({ id, value = "", onChange, autoFocus }: HiddenTextProps) {
  const t = useT();
  const [shown, setShown] = useState(false);
  return (
    <div className="hidden-text">
      <Input.TextArea
        {...(id ? { id } : {})}
        autoFocus={autoFocus}
        autoSize={{ minRows: 1, maxRows: 10 }}
        autoComplete="off"
        spellCheck={false}
        className={shown ? "mono" : "mono is-hidden"}
        value={value}
        onChange={(event) => onChange?.(event.target.value)}
      />
      <Button
        type="text"
        aria-label={shown ? t.vault.hide : t.vault.show}
        aria-pressed={shown}
        icon={shown ? <EyeOutlined /> : <EyeInvisibleOutlined />}
        onClick={() => setShown(!shown)}
      />
    </div>
  );
}
