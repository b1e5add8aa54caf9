// Starts, stops, restarts or uninstalls chosen instances: plans first, says what it touches, and does exactly that plan.

import { useMutation, useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Alert, App, Checkbox, Form, Input, Modal, Select } from "antd";
import { useDeferredValue, useMemo, useState } from "react";

import { post } from "../api/client";
import { versionChoicesQuery } from "../api/queries";
import type { DeploymentDetail, Instance, PlanPreview } from "../api/types";
import { batchSizes } from "../deploy/batches";
import { changingHosts } from "../deploy/hostCounts";
import { useT } from "../i18n";
import { ProblemView } from "../ui/ProblemView";
import { Prose } from "../ui/Prose";
import { BRINGS, requestsOf, type BulkAction } from "./bulk";

interface Props {
  action: BulkAction;
  instances: Instance[];
  onClose: () => void;
  onDone: () => void;
}

export function BulkDialog({ action, instances, onClose, onDone }: Props) {
  const t = useT();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { message } = App.useApp();
  const [batch, setBatch] = useState("25%");
  const settled = useDeferredValue(batch.trim());
  const valid = batchSizes(settled, instances.length) !== undefined;
  const [version, setVersion] = useState<string>();
  const [removesData, setRemovesData] = useState(false);
  const brings = BRINGS.includes(action);
  const isSaid = !brings || version !== undefined;
  const requests = useMemo(
    () => requestsOf(action, instances, { batch: settled }, { version, removesData }),
    [action, instances, settled, version, removesData],
  );
  const { plans, pending, error } = useQueries({
    queries: requests.map((request) => ({
      queryKey: ["plans", "bulk", request],
      queryFn: () => post<PlanPreview>("/plans", request),
      enabled: valid && isSaid,
      staleTime: 30_000,
    })),
    combine: (results) => ({
      // In the order of the requests, with gaps where a plan is not there yet.
      plans: results.map(({ data }) => data),
      pending: results.some(({ isPending }) => isPending),
      error: results.find(({ error }) => error)?.error,
    }),
  });
  const useful = plans.filter((plan) => plan !== undefined).filter((plan) => changingHosts(plan) > 0);
  const apply = useMutation({
    // All of them, or none if one no longer holds.
    mutationFn: async () => {
      const { deployments } = await post<{ deployments: DeploymentDetail[] }>("/instances/operations/apply", { plans: useful.map(({ id }) => id) });
      return deployments;
    },
    onSettled: () => client.invalidateQueries({ queryKey: ["deployments"] }),
    onSuccess: async (started) => {
      void message.success(t.instances.started(started.length));
      onDone();
      const [only, ...others] = started;
      if (only && others.length === 0) await navigate({ to: "/deployments/$id", params: { id: only.summary.id } });
      else await navigate({ to: "/deployments" });
    },
  });
  return (
    <Modal
      open
      title={t.instances.bulkTitle(t.actions[action], instances.length)}
      okText={t.actions[action]}
      okButtonProps={{ danger: action === "uninstall" || action === "stop", disabled: pending || !valid || !isSaid || useful.length === 0 }}
      confirmLoading={apply.isPending}
      onOk={() => apply.mutate()}
      onCancel={onClose}
    >
      <p>{t.instances.bulkText[action]}</p>
      {brings && <BulkVersion name={instances[0]?.package ?? ""} value={version} onChange={setVersion} />}
      {action === "uninstall" && (
        <Checkbox checked={removesData} onChange={({ target }) => setRemovesData(target.checked)}>
          {t.instances.removeData}
        </Checkbox>
      )}
      <ul className="bulk-plans">
        {requests.map((request, index) => {
          const plan = plans[index];
          return (
            <li key={request.package}>
              <strong>{t.instances.bulkTouches(request.package, request.targets.hosts.length)}</strong>
              <span className="faint num">
                {plan ? (changingHosts(plan) > 0 ? t.instances.planOf(changingHosts(plan), plan.batches.length) : t.instances.planNothing) : pending && valid && isSaid && t.instances.planning}
              </span>
              {plan && plan.excluded.length > 0 && (
                <ul className="plain-list">
                  {plan.excluded.map(({ host, reason }) => (
                    <li key={host}>
                      {host}: <Prose text={reason} />
                    </li>
                  ))}
                </ul>
              )}
              {plan?.warnings.map((warning) => (
                <Alert key={warning} type="warning" title={<Prose text={warning} />} />
              ))}
            </li>
          );
        })}
      </ul>
      {requests.length > 1 && <p className="faint">{t.instances.bulkMany(requests.length)}</p>}
      <Form layout="vertical" component="div">
        <Form.Item
          label={t.deploy.batch}
          validateStatus={valid ? "" : "error"}
          help={valid ? t.deploy.batchHint : t.deploy.batchWrong}
        >
          <Input value={batch} spellCheck={false} onChange={(event) => setBatch(event.target.value)} />
        </Form.Item>
      </Form>
      {error && <ProblemView error={error} />}
      {apply.isError && <ProblemView error={apply.error} />}
    </Modal>
  );
}

interface BulkVersionProps {
  name: string;
  value: string | undefined;
  onChange: (version: string) => void;
}

function BulkVersion({ name, value, onChange }: BulkVersionProps) {
  const t = useT();
  const versions = useQuery(versionChoicesQuery(name));
  return (
    <Select
      showSearch
      className="version-select"
      value={value ?? null}
      placeholder={t.deploy.versionHint}
      aria-label={t.deploy.version}
      loading={versions.isFetching}
      options={versions.data?.items.map((one) => ({ value: one.version, label: one.version })) ?? []}
      onChange={(next: string | null) => next && onChange(next)}
    />
  );
}
