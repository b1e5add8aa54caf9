// Locks: nothing new starts where one is.

import { Button, Form, Input, Modal } from "antd";
import { useState } from "react";

import type { Lock } from "../api/types";
import { useT } from "../i18n";
import { QueryTable, type Column } from "../table/QueryTable";
import { Ago } from "../ui/Ago";
import { Blank } from "../ui/Blank";
import { ProblemView } from "../ui/ProblemView";
import { useAsk } from "../ui/useAsk";
import { ScopeWords } from "../variables/ScopeWords";
import { useAddLock, useLockRemoval } from "./queries";
import { ScopeItem } from "./ScopeItem";

export function Locks() {
  const t = useT();
  const ask = useAsk();
  const [adding, setAdding] = useState(false);
  const removal = useLockRemoval();
  const columns: Column<Lock>[] = [
    { key: "scope", title: t.guards.where, render: (row) => <ScopeWords scope={row.scope} /> },
    { key: "message", title: t.guards.why, render: (row) => row.message },
    { key: "by", title: t.guards.lockedBy, render: (row) => row.created_by },
    { key: "at", title: t.guards.since, render: (row) => <Ago at={row.created_at} /> },
    {
      key: "actions",
      title: t.package.actions,
      align: "right",
      render: (row) => (
        <Button
          type="text"
          size="small"
          danger
          aria-label={t.guards.unlockOf(row.message)}
          onClick={() => ask({ title: t.guards.unlockTitle, text: row.message, ok: t.guards.unlock }, () => removal.mutateAsync(row))}
        >
          {t.guards.unlock}
        </Button>
      ),
    },
  ];
  const add = (
    <Button type="primary" onClick={() => setAdding(true)}>
      {t.guards.addLock}
    </Button>
  );
  return (
    <>
      {removal.isError && <ProblemView error={removal.error} />}
      <QueryTable<Lock>
        noun="locks"
        path="/locks"
        rowKey={(row) => row.id}
        columns={columns}
        toolbar={add}
        empty={<Blank title={t.guards.noLocks} hint={t.guards.noLocksHint} />}
      />
      {adding && <Add onClose={() => setAdding(false)} />}
    </>
  );
}

interface Fields {
  scope: string;
  message: string;
}

function Add({ onClose }: { onClose: () => void }) {
  const t = useT();
  const [form] = Form.useForm<Fields>();
  const add = useAddLock();
  return (
    <Modal
      open
      title={t.guards.addLock}
      okText={t.guards.addLock}
      cancelText={t.common.cancel}
      confirmLoading={add.isPending}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <Form<Fields>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ scope: "environment:prod", message: "" }}
        onFinish={({ scope, message }) => add.mutate({ scope, message: message.trim() }, { onSuccess: onClose })}
      >
        <ScopeItem />
        <Form.Item name="message" label={t.guards.why} extra={t.guards.whyHint} rules={[{ required: true, whitespace: true, message: t.topology.required }]}>
          <Input autoFocus maxLength={500} />
        </Form.Item>
      </Form>
      {add.isError && <ProblemView error={add.error} />}
    </Modal>
  );
}
