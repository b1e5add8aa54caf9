// Strategies with names, each for an environment or for any.

import { Button, Form, Input, Modal, Select, Switch, Tag } from "antd";
import { useState } from "react";

import type { Environment, NamedStrategy } from "../api/types";
import { StrategyWords } from "../deploy/StrategyWords";
import { DEFAULT_STRATEGY, fieldsOf, strategyOf, type StrategyFields } from "../forms/strategy";
import { StrategyForm } from "../forms/StrategyForm";
import { useT } from "../i18n";
import { QueryTable, type Column } from "../table/QueryTable";
import { Blank } from "../ui/Blank";
import { ProblemView } from "../ui/ProblemView";
import { useSetStrategy, useStrategyRemoval } from "./queries";
import { useAsk } from "./useAsk";

export function Strategies() {
  const t = useT();
  const ask = useAsk();
  const [edited, setEdited] = useState<NamedStrategy | "new">();
  const removal = useStrategyRemoval();
  const columns: Column<NamedStrategy>[] = [
    {
      key: "name",
      title: t.guards.strategy,
      render: (row) => (
        <div className="two-lines">
          <span>
            <strong>{row.name}</strong> {row.is_default && <Tag>{t.guards.isDefault}</Tag>}
          </span>
          <span className="faint clip">{row.description}</span>
        </div>
      ),
    },
    {
      key: "environment",
      title: t.topology.environment,
      render: (row) => (row.environment ? t.topology.environments[row.environment] : <span className="faint">{t.guards.anyEnvironment}</span>),
    },
    { key: "strategy", title: t.deploy.how, render: (row) => <StrategyWords strategy={row.strategy} /> },
    { key: "by", title: t.values.changedBy, optional: true, render: (row) => row.updated_by },
    {
      key: "actions",
      title: t.package.actions,
      align: "right",
      render: (row) => (
        <span className="row-actions">
          <Button type="text" size="small" aria-label={t.values.changeTitle(row.name)} onClick={() => setEdited(row)}>
            {t.values.change}
          </Button>
          <Button
            type="text"
            size="small"
            danger
            aria-label={t.vault.removeTitle(row.name)}
            onClick={() => ask(t.vault.removeTitle(row.name), t.guards.strategyRemoveText, () => removal.mutateAsync(row))}
          >
            {t.common.remove}
          </Button>
        </span>
      ),
    },
  ];
  return (
    <>
      {removal.isError && <ProblemView error={removal.error} />}
      <QueryTable<NamedStrategy>
        noun="strategies"
        path="/strategies"
        rowKey={(row) => row.name}
        columns={columns}
        toolbar={
          <Button type="primary" onClick={() => setEdited("new")}>
            {t.guards.addStrategy}
          </Button>
        }
        empty={<Blank title={t.guards.noStrategies} hint={t.guards.noStrategiesHint} />}
      />
      {edited && <Edit named={edited === "new" ? undefined : edited} onClose={() => setEdited(undefined)} />}
    </>
  );
}

interface Fields {
  name: string;
  environment: Environment | null;
  description: string;
  is_default: boolean;
}

const ENVIRONMENTS: Environment[] = ["dev", "test", "staging", "prod"];
const NAME = /^[a-zA-Z0-9][a-zA-Z0-9._-]*$/;
/** Hosts for which the form shows what the batches come to. */
const EXAMPLE = 100;

function Edit({ named, onClose }: { named: NamedStrategy | undefined; onClose: () => void }) {
  const t = useT();
  const [form] = Form.useForm<Fields>();
  const [how] = Form.useForm<StrategyFields>();
  const set = useSetStrategy();
  const save = async () => {
    const checked = await Promise.all([form.validateFields(), how.validateFields()]).catch(() => undefined);
    if (!checked) return;
    const [{ name, ...fields }, strategy] = checked;
    set.mutate({ ...fields, name: named?.name ?? name.trim(), strategy: strategyOf(strategy) }, { onSuccess: onClose });
  };
  return (
    <Modal
      open
      width={760}
      title={named ? t.values.changeTitle(named.name) : t.guards.addStrategy}
      okText={t.values.save}
      cancelText={t.common.cancel}
      confirmLoading={set.isPending}
      onOk={save}
      onCancel={onClose}
    >
      <Form<Fields>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ name: "", environment: named?.environment ?? null, description: named?.description ?? "", is_default: named?.is_default ?? false }}
      >
        <div className="fields-2">
          {!named && (
            <Form.Item name="name" label={t.guards.strategy} rules={[{ required: true, pattern: NAME, message: t.guards.nameWrong }]}>
              <Input autoFocus spellCheck={false} placeholder="careful" maxLength={64} />
            </Form.Item>
          )}
          <Form.Item name="environment" label={t.topology.environment}>
            <Select
              options={[{ value: null, label: t.guards.anyEnvironment }, ...ENVIRONMENTS.map((value) => ({ value, label: t.topology.environments[value] }))]}
            />
          </Form.Item>
          <Form.Item name="description" label={t.values.description}>
            <Input maxLength={500} />
          </Form.Item>
          <Form.Item name="is_default" label={t.guards.isDefault} extra={t.guards.isDefaultHint} valuePropName="checked">
            <Switch />
          </Form.Item>
        </div>
      </Form>
      <StrategyForm form={how} initial={named ? fieldsOf(named.strategy) : { ...DEFAULT_STRATEGY, canary: 1, batch: "25%" }} total={EXAMPLE} />
      {set.isError && <ProblemView error={set.error} />}
    </Modal>
  );
}
