// Adds a module, and the business and system above it where they do not exist yet.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { App, AutoComplete, Form, Input, Modal, Select, type FormRule } from "antd";

import { put } from "../api/client";
import { topologyQuery } from "../api/queries";
import type { AppliedTopology, Environment, TopologySpec } from "../api/types";
import { useT } from "../i18n";
import { ProblemView } from "../ui/ProblemView";

interface Fields {
  business: string;
  system: string;
  environment: Environment;
  module: string;
}

const ENVIRONMENTS: Environment[] = ["dev", "test", "staging", "prod"];
const NAME = /^(?!\s)[^/]{1,64}(?<!\s)$/u;

const specOf = ({ business, system, environment, module }: Fields): TopologySpec => ({
  business: [{ name: business, system: [{ name: system, environment, module: [{ name: module }] }] }],
});

export function AddModuleDialog({ onClose }: { onClose: () => void }) {
  const t = useT();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { message } = App.useApp();
  const [form] = Form.useForm<Fields>();
  const { data: topology } = useQuery(topologyQuery);
  const business = Form.useWatch("business", form);
  const systems = topology?.businesses.find(({ name }) => name === business)?.systems ?? [];
  const add = useMutation({
    mutationFn: (fields: Fields) => put<AppliedTopology>("/topology", specOf(fields)),
    onSuccess: async (applied, fields) => {
      client.setQueryData(topologyQuery.queryKey, applied.topology);
      void message.success(t.topology.added(applied.changes.length));
      onClose();
      await navigate({ to: "/topology", search: { module: `${fields.business}/${fields.system}/${fields.module}` } });
    },
  });
  const rules: FormRule[] = [
    { required: true, message: t.topology.required },
    { pattern: NAME, message: t.topology.nameWrong },
  ];
  return (
    <Modal
      open
      title={t.topology.addTitle}
      okText={t.topology.add}
      confirmLoading={add.isPending}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <p className="faint">{t.topology.addHint}</p>
      <Form<Fields>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ environment: "test" }}
        onFinish={(fields) => add.mutate(fields)}
      >
        <Form.Item name="business" label={t.topology.business} rules={rules}>
          <AutoComplete autoFocus options={topology?.businesses.map(({ name }) => ({ value: name })) ?? []} />
        </Form.Item>
        <div className="fields-2">
          <Form.Item name="system" label={t.topology.system} rules={rules}>
            <AutoComplete
              options={systems.map(({ name }) => ({ value: name }))}
              onSelect={(name: string) => {
                const known = systems.find((system) => system.name === name);
                if (known) form.setFieldValue("environment", known.environment);
              }}
            />
          </Form.Item>
          <Form.Item name="environment" label={t.topology.environment}>
            <Select options={ENVIRONMENTS.map((value) => ({ value, label: t.topology.environments[value] }))} />
          </Form.Item>
        </div>
        <Form.Item name="module" label={t.topology.module} rules={rules}>
          <Input />
        </Form.Item>
      </Form>
      {add.isError && <ProblemView error={add.error} />}
    </Modal>
  );
}
