// Starts, stops, restarts, moves or uninstalls many instances: plans first, says what it touches, and does exactly that plan.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Alert, App, Checkbox, Form, Input, Modal, Select } from "antd";
import { useDeferredValue, useMemo, useState } from "react";

import { post } from "../api/client";
import { versionChoicesQuery } from "../api/queries";
import type { DeploymentDetail, PlanPreview } from "../api/types";
import { batchSizes } from "../deploy/batches";
import { ExclusionText } from "../deploy/ExclusionText";
import { changingHosts } from "../deploy/hostCounts";
import { useT } from "../i18n";
import { ProblemView } from "../ui/ProblemView";
import { Prose } from "../ui/Prose";
import { isBlocked } from "../variables/unresolved";
import { BRINGS, countOf, operationOf, packageOf, type BulkAction, type Meant } from "./bulk";

interface Props {
  action: BulkAction;
  meant: Meant;
  onClose: () => void;
  onDone: () => void;
}

export function BulkDialog({ action, meant, onClose, onDone }: Props) {
  const t = useT();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { message } = App.useApp();
  const count = countOf(meant);
  const [batch, setBatch] = useState("25%");
  const settled = useDeferredValue(batch.trim());
  const valid = batchSizes(settled, count) !== undefined;
  const [version, setVersion] = useState<string>();
  const [removesData, setRemovesData] = useState(false);
  const brings = BRINGS.includes(action);
  const isSaid = valid && (!brings || version !== undefined);
  const operation = useMemo(
    () => operationOf(action, meant, { batch: settled }, { version, removesData }),
    [action, meant, settled, version, removesData],
  );
  const planned = useQuery({
    queryKey: ["plans", "bulk", operation],
    queryFn: () => post<{ plans: PlanPreview[] }>("/instances/operations/plan", operation),
    enabled: isSaid,
    staleTime: 30_000,
  });
  const plans = planned.data?.plans ?? [];
  const useful = plans.filter((plan) => changingHosts(plan) > 0);
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
      title={t.instances.bulkTitle(t.actions[action], count)}
      okText={t.actions[action]}
      okButtonProps={{ danger: action === "uninstall" || action === "stop", disabled: !isSaid || planned.isFetching || useful.length === 0 || useful.some(isBlocked) }}
      confirmLoading={apply.isPending}
      onOk={() => apply.mutate()}
      onCancel={onClose}
    >
      <p>{t.instances.bulkText[action]}</p>
      {brings && <BulkVersion name={packageOf(meant) ?? ""} value={version} onChange={setVersion} />}
      {action === "uninstall" && (
        <Checkbox checked={removesData} onChange={({ target }) => setRemovesData(target.checked)}>
          {t.instances.removeData}
        </Checkbox>
      )}
      {isSaid && planned.isPending && <p className="faint">{t.instances.planning}</p>}
      {isSaid && <BulkPlans plans={plans} />}
      {useful.length > 1 && <p className="faint">{t.instances.bulkMany(useful.length)}</p>}
      <Form layout="vertical" component="div" className="dialog-lead">
        <Form.Item
          label={t.deploy.batch}
          validateStatus={valid ? "" : "error"}
          help={valid ? t.deploy.batchHint : t.deploy.batchWrong}
        >
          <Input value={batch} spellCheck={false} onChange={(event) => setBatch(event.target.value)} />
        </Form.Item>
      </Form>
      {planned.isError && <ProblemView error={planned.error} />}
      {apply.isError && <ProblemView error={apply.error} />}
    </Modal>
  );
}

/** What would become of each package. */
function BulkPlans({ plans }: { plans: readonly PlanPreview[] }) {
  const t = useT();
  return (
    <ul className="bulk-plans">
      {plans.map((plan) => (
        <li key={plan.id}>
          <strong>{t.instances.bulkTouches(plan.spec.package, plan.spec.targets.hosts.length)}</strong>
          <span className="faint num">
            {changingHosts(plan) > 0 ? t.instances.planOf(changingHosts(plan), plan.batches.length) : t.instances.planNothing}
          </span>
          {plan.excluded.length > 0 && (
            <ul className="plain-list">
              {plan.excluded.map(({ host, reason, cause }) => (
                <li key={host}>
                  {host}: <ExclusionText reason={reason} cause={cause} />
                </li>
              ))}
            </ul>
          )}
          {(plan.cautions ?? []).map((caution) => (
            <Alert key={caution.text} type={caution.effect === "blocks" ? "error" : "warning"} title={<Prose text={t.plan.cautionOf(caution) ?? caution.text} />} />
          ))}
        </li>
      ))}
    </ul>
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
