// The small questions of the tree: a name, a mode, whether to remove.

import { Checkbox, Form, Input, Modal } from "antd";
import { useState } from "react";

import { useT } from "../i18n";

interface NameProps {
  title: string;
  /** What is asked for, and what to say if it is not given: a path, if nothing else is said. */
  label?: string;
  needed?: string;
  first: string;
  submit: string;
  onSubmit: (name: string) => void;
  onCancel: () => void;
}

/** A name or a path; checked by the server, which knows the rules. */
export function NameDialog({ title, label, needed, first, submit, onSubmit, onCancel }: NameProps) {
  const t = useT();
  const [form] = Form.useForm<{ name: string }>();
  return (
    <Modal open title={title} okText={submit} cancelText={t.common.cancel} onOk={() => form.submit()} onCancel={onCancel} destroyOnHidden>
      <Form form={form} layout="vertical" initialValues={{ name: first }} onFinish={({ name }) => onSubmit(name.trim())}>
        <Form.Item name="name" label={label ?? t.draft.path} rules={[{ required: true, whitespace: true, message: needed ?? t.draft.pathNeeded }]}>
          <Input autoFocus spellCheck={false} />
        </Form.Item>
      </Form>
    </Modal>
  );
}

const WHO = ["owner", "group", "others"] as const;
const WHAT = ["read", "write", "run"] as const;

/** The nine permission bits, as boxes and in octal. */
export function ModeDialog({ path, first, onSubmit, onCancel }: { path: string; first: string; onSubmit: (mode: string) => void; onCancel: () => void }) {
  const t = useT();
  const [mode, setMode] = useState(first.padStart(3, "0"));
  const valid = /^[0-7]{3}$/.test(mode);
  const bits = valid ? Number.parseInt(mode, 8) : 0;
  const bitOf = (who: number, what: number) => 1 << (8 - who * 3 - what);
  const toggle = (bit: number) => setMode((bits ^ bit).toString(8).padStart(3, "0"));
  return (
    <Modal
      open
      title={t.draft.modeOf(path)}
      okText={t.draft.setMode}
      okButtonProps={{ disabled: !valid }}
      cancelText={t.common.cancel}
      onOk={() => onSubmit(mode)}
      onCancel={onCancel}
    >
      <table className="mode-table">
        <tbody>
          {WHO.map((who, row) => (
            <tr key={who}>
              <th scope="row">{t.draft.who[who]}</th>
              {WHAT.map((what, column) => (
                <td key={what}>
                  <Checkbox disabled={!valid} checked={(bits & bitOf(row, column)) !== 0} onChange={() => toggle(bitOf(row, column))}>
                    {t.draft.what[what]}
                  </Checkbox>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <Input
        className="mode-octal"
        aria-label={t.draft.octal}
        value={mode}
        maxLength={3}
        status={valid ? "" : "error"}
        onChange={(event) => setMode(event.target.value)}
      />
    </Modal>
  );
}
