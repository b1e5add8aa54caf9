// Says what goes where and how; the plan that comes of it says what would happen.

import { useMutation, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Button, Form, Input, Segmented, Skeleton } from "antd";
import { useState } from "react";

import { post } from "../api/client";
import { packageQuery, planQuery, topologyQuery, versionQuery } from "../api/queries";
import type { DeploymentRequest, PlanPreview } from "../api/types";
import { isAimed, isFiltered, targetsOf } from "../deploy/aim";
import { FurtherPackages } from "../deploy/FurtherPackages";
import { ModuleTree } from "../deploy/ModuleTree";
import { moveOf, MOVES, type Move } from "../deploy/moves";
import { PackageAndVersion } from "../deploy/PackageAndVersion";
import { isWhole, partOf } from "../deploy/parts";
import { PlanProblem } from "../deploy/PlanProblem";
import { TargetDatabases, useTargetDatabases } from "../deploy/TargetDatabases";
import { TargetFilters } from "../deploy/TargetFilters";
import { TargetHosts } from "../deploy/TargetHosts";
import { Unbound } from "../deploy/Unbound";
import { useNamedStrategy } from "../deploy/useNamedStrategy";
import { useTargets } from "../deploy/useTargets";
import { parameterFieldsOf, parametersOf, type ParameterFields } from "../forms/parameters";
import { ParametersForm } from "../forms/ParametersForm";
import { DEFAULT_STRATEGY, fieldsOf, strategyOf, type StrategyFields } from "../forms/strategy";
import { StrategyForm } from "../forms/StrategyForm";
import { NamedStrategySelect } from "../guards/NamedStrategySelect";
import { useT } from "../i18n";
import { ButtonLink } from "../shell/ButtonLink";
import { Blank } from "../ui/Blank";
import { PageHead } from "../ui/PageHead";
import { Panel } from "../ui/Panel";
import { ProblemView } from "../ui/ProblemView";

const route = getRouteApi("/shell/deploy");

/** An earlier plan, if there is one, says how to begin. */
export function Deploy() {
  const { plan: id } = route.useSearch();
  const plan = useQuery({ ...planQuery(id ?? ""), enabled: id !== undefined });
  if (plan.isError) return <ProblemView error={plan.error} onRetry={() => void plan.refetch()} />;
  if (id !== undefined && plan.isPending) return <Skeleton active />;
  return <DeployForm key={id} plan={plan.data} />;
}

function DeployForm({ plan }: { plan: PlanPreview | undefined }) {
  const t = useT();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { package: name = "", version, modules = [], also = [] } = search;
  const change = (part: Partial<typeof search>) =>
    void navigate({ replace: true, search: (before) => ({ ...before, ...part, cursor: undefined }), resetScroll: false });

  const kind = useQuery({ ...packageQuery(name), enabled: name !== "" }).data?.kind;
  const script = useScript(name, version);
  const parameters = script.spec?.parameter ?? [];
  const move = search.action ?? "deploy";
  const action = script.spec ? ("run" as const) : move;
  const isDatabase = kind === "database";
  const isSaid = name !== "" && version !== undefined;
  const further = also.map(partOf);
  const areWhole = further.every(isWhole);
  // Hosts that an earlier plan named are meant as long as nothing else is.
  const before = plan?.spec.targets.hosts ?? [];
  const aimed = isAimed(search) ? targetsOf(search) : before.length > 0 ? { modules: [], hosts: before } : undefined;
  const targets = useTargets({
    isAsked: isSaid && !script.isPending && kind !== undefined && !isDatabase && aimed !== undefined,
    query: { action, package: name, version: version ?? null, targets: aimed ?? targetsOf(search) },
    cursor: search.cursor,
    limit: search.limit,
    before,
  });
  const found = useTargetDatabases(isDatabase ? modules : []);
  const ofDatabases = new Set(found.databases.flatMap(({ host }) => host ?? [])).size;
  const [selected, total] = isDatabase ? [ofDatabases, ofDatabases] : [targets.selected, targets.page?.total ?? 0];

  const topology = useQuery(topologyQuery);
  const [form] = Form.useForm<StrategyFields>();
  const [given] = Form.useForm<ParameterFields>();
  const [notBefore, setNotBefore] = useState("");
  const { strategies, named, choose } = useNamedStrategy(form, topology.data, modules, plan !== undefined);
  const makePlan = useMutation({
    mutationFn: async (request: DeploymentRequest) =>
      post<PlanPreview>("/plans", { ...request, targets: isDatabase ? { modules, hosts: [] } : await targets.settle() }),
    onSuccess: ({ id }) => navigate({ to: "/plans/$id", params: { id } }),
  });
  const submit = async () => {
    const checked = await Promise.all([form.validateFields(), parameters.length > 0 ? given.validateFields() : {}]).catch(() => undefined);
    if (!checked) return;
    const [fields, values] = checked;
    makePlan.mutate({
      action,
      ...(script.spec ? { parameters: parametersOf(parameters, values) } : {}),
      package: name,
      version: version ?? null,
      ...(further.length > 0 ? { also: further } : {}),
      targets: targetsOf(search),
      strategy: strategyOf(fields),
      ...(named ? { strategy_name: named.name } : {}),
      ...(notBefore ? { not_before: new Date(notBefore).toISOString() } : {}),
    });
  };
  const lacks = !isSaid || !areWhole ? t.deploy.needPackage : selected === 0 ? (isDatabase ? t.aim.needDatabases : t.deploy.needHosts) : undefined;

  return (
    <>
      <PageHead title={script.spec ? t.run.title : t.deploy.title} crumbs={<Link to="/deployments">{t.deployments.title}</Link>} />
      <Panel title={t.deploy.what}>
        <PackageAndVersion
          name={name}
          version={version}
          // What hosts have of a package, and where it failed, says nothing about another one.
          onChange={(part) => change("package" in part ? { ...part, current: undefined, failed_in: undefined } : part)}
        />
        {isSaid && !script.spec && (
          <Form.Item layout="vertical" label={t.deploy.move} extra={t.deploy.moveHints[move]}>
            <Segmented<Move>
              aria-label={t.deploy.move}
              value={move}
              options={MOVES.map((value) => ({ value, label: t.actions[value] }))}
              onChange={(value) => change({ action: moveOf(value) })}
            />
          </Form.Item>
        )}
        {isSaid && !script.spec && <FurtherPackages also={also} onChange={(next) => change({ also: next })} />}
      </Panel>
      {parameters.length > 0 && (
        <Panel title={t.run.parameters}>
          <ParametersForm
            key={`${name} ${version}`}
            form={given}
            parameters={parameters}
            initial={parameterFieldsOf(parameters, plan?.spec.parameters ?? {})}
          />
        </Panel>
      )}
      <div className="deploy-where">
        <Panel title={t.deploy.where} className="deploy-tree">
          {topology.isPending && <Skeleton active />}
          {topology.isError && <ProblemView error={topology.error} onRetry={() => void topology.refetch()} />}
          {topology.data?.businesses.length === 0 && (
            <Blank
              title={t.deploy.noTopology}
              hint={t.deploy.noTopologyHint}
              action={<ButtonLink to="/topology">{t.nav.topology}</ButtonLink>}
            />
          )}
          {topology.data && topology.data.businesses.length > 0 && (
            <ModuleTree topology={topology.data} checked={{ modules, onChange: (next) => change({ modules: next }) }} />
          )}
        </Panel>
        <Panel
          title={isDatabase ? t.targets.title : t.deploy.hosts}
          flush
          extra={total > 0 && <span className="faint num">{t.deploy.selectedOf(selected, total)}</span>}
        >
          {!isSaid && <Blank title={t.deploy.needPackage} hint={t.aim.needPackageHint} />}
          {isSaid && !isDatabase && <TargetFilters name={name} aim={search} />}
          {isSaid && !(isDatabase ? modules.length > 0 : aimed) && <Blank title={t.deploy.chooseModules} hint={t.deploy.chooseModulesHint} />}
          {isSaid && isDatabase && modules.length > 0 && <TargetDatabases name={name} found={found} />}
          {targets.error && <ProblemView error={targets.error} onRetry={() => void targets.retry()} />}
          {isSaid && !isDatabase && aimed && !targets.error && (
            <TargetHosts
              page={targets.page}
              size={targets.size}
              cursor={targets.cursor}
              choice={targets.choice}
              onChoose={targets.setChoice}
              severalModules={modules.length !== 1}
              isFiltered={isFiltered(search)}
            />
          )}
        </Panel>
      </div>
      {isSaid && !script.spec && [name, ...further.map((part) => part.package)].filter(Boolean).map((one) => <Unbound key={one} name={one} modules={modules} several={further.length > 0} />)}
      <Panel title={t.deploy.how} extra={<NamedStrategySelect strategies={strategies} value={named?.name} onChange={choose} />}>
        <StrategyForm form={form} initial={plan?.spec.strategy ? fieldsOf(plan.spec.strategy) : DEFAULT_STRATEGY} total={selected} />
        <Form layout="vertical" component="div" className="not-before">
          <Form.Item label={t.guards.notBefore} extra={t.guards.notBeforeHint} htmlFor="not-before">
            <Input id="not-before" type="datetime-local" value={notBefore} onChange={({ target }) => setNotBefore(target.value)} />
          </Form.Item>
        </Form>
      </Panel>
      {makePlan.isError && makePlan.variables && <PlanProblem error={makePlan.error} request={makePlan.variables} onRetry={submit} />}
      <div className="form-actions form-actions-sticky">
        <Button type="primary" disabled={lacks !== undefined || script.isPending} loading={makePlan.isPending} onClick={submit}>
          {t.deploy.makePlan}
        </Button>
        <span className="faint">{lacks ?? t.deploy.selectedOf(selected, total)}</span>
      </div>
    </>
  );
}

/** How the version is run, if it is a script; what is none is deployed. */
function useScript(name: string, version: string | undefined) {
  const { data, isLoading } = useQuery({ ...versionQuery(name, version ?? ""), enabled: name !== "" && version !== undefined });
  return { spec: data?.manifest.script, isPending: isLoading };
}
