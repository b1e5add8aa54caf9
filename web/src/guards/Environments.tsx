// What deployments in each environment have to observe: approval by others, and how many go on at the same time.

import { useQuery } from "@tanstack/react-query";
import { Button, Form, InputNumber, Modal, Skeleton, Table } from "antd";
import { useState } from "react";

import type { EnvironmentRules } from "../api/types";
import { useT } from "../i18n";
import { Ago } from "../ui/Ago";
import { ProblemView } from "../ui/ProblemView";
import { environmentsQuery, useSetEnvironment } from "./queries";

const MOST_APPROVALS = 10;
const MOST_CONCURRENT = 1000;

export function Environments() {
  const t = useT();
  const rules = useQuery(environmentsQuery);
  const [edited, setEdited] = useState<EnvironmentRules>();
  if (rules.isPending) return <Skeleton active />;
  if (rules.isError) return <ProblemView error={rules.error} onRetry={() => void rules.refetch()} />;
  return (
    <>
      <Table<EnvironmentRules>
        size="middle"
        pagination={false}
        rowKey="environment"
        dataSource={rules.data}
        columns={[
          { key: "environment", title: t.topology.environment, render: (_, row) => <strong>{t.topology.environments[row.environment]}</strong> },
          { key: "approvals", title: t.guards.approvals, render: (_, row) => (row.approvals === 0 ? t.guards.noApprovals : t.guards.approvalsOf(row.approvals)) },
          { key: "concurrent", title: t.guards.concurrent, render: (_, row) => row.max_concurrent ?? <span className="faint">{t.guards.anyNumber}</span> },
          { key: "by", title: t.values.changedBy, render: (_, row) => row.updated_by ?? <span className="faint">–</span> },
          { key: "at", title: t.values.changed, render: (_, row) => (row.updated_at ? <Ago at={row.updated_at} /> : <span className="faint">{t.common.never}</span>) },
          {
            key: "actions",
            title: t.package.actions,
            align: "right",
            render: (_, row) => (
              <Button type="text" size="small" aria-label={t.values.changeTitle(t.topology.environments[row.environment])} onClick={() => setEdited(row)}>
                {t.values.change}
              </Button>
            ),
          },
        ]}
      />
      {edited && <Edit rules={edited} onClose={() => setEdited(undefined)} />}
    </>
  );
}

interface Fields {
  approvals: number | null;
  max_concurrent: number | null;
}

function Edit({ rules, onClose }: { rules: EnvironmentRules; onClose: () => void }) {
  const t = useT();
  const [form] = Form.useForm<Fields>();
  const set = useSetEnvironment();
  const save = ({ approvals, max_concurrent: limit }: Fields) =>
    set.mutate({ environment: rules.environment, approvals: approvals ?? 0, max_concurrent: limit }, { onSuccess: onClose });
  return (
    <Modal
      open
      title={t.topology.environments[rules.environment]}
      okText={t.values.save}
      cancelText={t.common.cancel}
      confirmLoading={set.isPending}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <Form<Fields>
        form={form}
        layout="vertical"
        initialValues={{ approvals: rules.approvals, max_concurrent: rules.max_concurrent ?? null }}
        onFinish={save}
      >
        <Form.Item name="approvals" label={t.guards.approvals} extra={t.guards.approvalsHint}>
          <InputNumber autoFocus min={0} max={MOST_APPROVALS} precision={0} />
        </Form.Item>
        <Form.Item name="max_concurrent" label={t.guards.concurrent} extra={t.guards.concurrentHint}>
          <InputNumber min={1} max={MOST_CONCURRENT} precision={0} />
        </Form.Item>
      </Form>
      {set.isError && <ProblemView error={set.error} />}
    </Modal>
  );
}
