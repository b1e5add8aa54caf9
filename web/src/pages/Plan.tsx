// What a deployment will do, before it does it; and the one button that does it.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Button, Skeleton } from "antd";
import { Fragment } from "react";

import { post } from "../api/client";
import { planQuery } from "../api/queries";
import type { DeploymentDetail, PlanPreview } from "../api/types";
import { aimOf } from "../deploy/aim";
import { Cautions } from "../deploy/Cautions";
import { changingHosts } from "../deploy/hostCounts";
import { moveOf } from "../deploy/moves";
import { byPackage, isSeveral, partText, partTexts } from "../deploy/parts";
import { PlanBatches } from "../deploy/PlanBatches";
import { PlanChange } from "../deploy/PlanChange";
import { ExclusionText } from "../deploy/ExclusionText";
import { PlanProblem, UnresolvedUses } from "../deploy/PlanProblem";
import { StrategyWords } from "../deploy/StrategyWords";
import { useT } from "../i18n";
import { ButtonLink } from "../shell/ButtonLink";
import { HostLink } from "../table/links";
import { Ago } from "../ui/Ago";
import { Blank } from "../ui/Blank";
import { PageHead } from "../ui/PageHead";
import { Panel } from "../ui/Panel";
import { ProblemView } from "../ui/ProblemView";
import { isBlocked, lackingUses } from "../variables/unresolved";

const route = getRouteApi("/shell/plans/$id");

export function Plan() {
  const { id } = route.useParams();
  const plan = useQuery(planQuery(id));
  if (plan.isPending) return <Skeleton active paragraph={{ rows: 10 }} />;
  if (plan.isError) return <ProblemView error={plan.error} onRetry={() => void plan.refetch()} />;
  return <Contents plan={plan.data} />;
}

function Contents({ plan }: { plan: PlanPreview }) {
  const t = useT();
  const client = useQueryClient();
  const navigate = route.useNavigate();
  const apply = useMutation({
    mutationFn: () => post<DeploymentDetail>("/deployments?bind=true", { plan: plan.id }),
    onSuccess: async ({ summary }) => {
      void client.invalidateQueries({ queryKey: ["deployments"] });
      await navigate({ to: "/deployments/$id", params: { id: summary.id } });
    },
  });
  // What the plan rests on may have moved since; then a new one says what would happen now.
  const again = useMutation({
    mutationFn: () => post<PlanPreview>("/plans", plan.spec),
    onSuccess: async ({ id }) => {
      apply.reset();
      await navigate({ to: "/plans/$id", params: { id } });
    },
  });
  const { spec } = plan;
  const hosts = changingHosts(plan);
  const blocked = isBlocked(plan);
  const what = `${t.actions[spec.action]} ${partTexts(spec).join(", ")}`;
  const back = { package: spec.package, version: spec.version ?? undefined, also: spec.also?.map(partText), action: moveOf(spec.action), ...aimOf(spec.targets), plan: plan.id };
  return (
    <>
      <PageHead
        title={t.plan.title}
        crumbs={
          <Link to="/deploy" search={back}>
            {t.deploy.title}
          </Link>
        }
        note={
          <>
            <strong>{what}</strong>
            <span>{hosts === 0 ? t.plan.nothing : t.plan.summary(hosts, plan.batches.length)}</span>
            <span className="faint">
              {t.plan.made} <Ago at={plan.created_at} />
            </span>
          </>
        }
        actions={
          <>
            <ButtonLink to="/deploy" search={back}>
              {t.deploy.change}
            </ButtonLink>
            <Button
              type="primary"
              disabled={hosts === 0 || blocked}
              title={blocked ? t.plan.lacksValues : undefined}
              loading={apply.isPending}
              onClick={() => apply.mutate()}
            >
              {`${t.plan.confirmAction[spec.action]} · ${t.common.hosts(hosts)}`}
            </Button>
          </>
        }
      />
      {apply.isError && <ProblemView error={apply.error} />}
      {again.isError && <PlanProblem error={again.error} request={spec} onRetry={() => again.mutate()} />}
      {apply.isError && (
        <div className="form-actions">
          <Button type="primary" loading={again.isPending} onClick={() => again.mutate()}>
            {t.plan.again}
          </Button>
        </div>
      )}
      {blocked && <UnresolvedUses title={t.plan.lacksValues} uses={lackingUses(plan)} request={spec} onRetry={() => again.mutate()} />}
      <Cautions plan={plan} />
      {hosts === 0 && (
        <Panel>
          <Blank title={t.plan.nothing} hint={t.plan.nothingHint} />
        </Panel>
      )}
      {hosts > 0 && (
        <Panel title={t.plan.batches} extra={spec.strategy && <StrategyWords strategy={spec.strategy} />}>
          <PlanBatches batches={plan.batches} />
        </Panel>
      )}
      {byPackage(plan.changes, spec.package).map(([name, changes]) => (
        <Fragment key={name}>
          {isSeveral(spec) && <h2 className="plan-part">{name}</h2>}
          {changes.map((change, index) => (
            <PlanChange key={index} plan={plan} change={change} />
          ))}
        </Fragment>
      ))}
      {plan.excluded.length > 0 && (
        <Panel title={`${t.plan.excluded} · ${t.common.hosts(plan.excluded_count ?? plan.excluded.length)}`}>
          <dl className="facts facts-1">
            {plan.excluded.map(({ host, reason, cause }) => (
              <div key={host}>
                <dt>
                  <HostLink name={host} />
                </dt>
                <dd>
                  <ExclusionText reason={reason} cause={cause} />
                </dd>
              </div>
            ))}
          </dl>
        </Panel>
      )}
      {plan.unchanged.length > 0 && (
        <Panel title={`${t.plan.unchanged} · ${t.common.hosts(plan.unchanged_count ?? plan.unchanged.length)}`}>
          <p className="host-names">{plan.unchanged.join(", ")}</p>
        </Panel>
      )}
    </>
  );
}
