// Says what goes where and how; the plan that comes of it says what would happen.

import { keepPreviousData, useMutation, useQueries, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Button, Form, Input, Select, Skeleton, type FormInstance } from "antd";
import { useEffect, useMemo, useState } from "react";

import { post } from "../api/client";
import { hostsOfModuleQuery, instancesOfPackageQuery, planQuery, topologyQuery, versionChoicesQuery, versionQuery } from "../api/queries";
import type { DeploymentRequest, Host, NamedStrategy, PlanPreview, Topology } from "../api/types";
import { HostPicker, isSelectable } from "../deploy/HostPicker";
import { ModuleTree } from "../deploy/ModuleTree";
import { PlanProblem } from "../deploy/PlanProblem";
import { PackageSelect } from "../forms/PackageSelect";
import { parameterFieldsOf, parametersOf, type ParameterFields } from "../forms/parameters";
import { ParametersForm } from "../forms/ParametersForm";
import { DEFAULT_STRATEGY, fieldsOf, strategyOf, type StrategyFields } from "../forms/strategy";
import { StrategyForm } from "../forms/StrategyForm";
import { defaultOf } from "../guards/defaultStrategy";
import { NamedStrategySelect } from "../guards/NamedStrategySelect";
import { strategiesQuery } from "../guards/queries";
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

function useHosts(modules: string[]): { hosts: Host[]; loading: boolean; error: Error | null } {
  return useQueries({
    queries: modules.map((module) => ({ ...hostsOfModuleQuery(module), placeholderData: keepPreviousData })),
    combine: (results) => {
      const byName = new Map(results.flatMap(({ data }) => data ?? []).map((host) => [host.name, host]));
      const collator = new Intl.Collator("en", { numeric: true });
      return {
        hosts: [...byName.values()].sort((a, b) => collator.compare(a.name, b.name)),
        loading: results.some(({ isPending }) => isPending),
        error: results.find(({ error }) => error)?.error ?? null,
      };
    },
  });
}

/** The hosts that an earlier plan's spec leaves out, once its modules' hosts are known. */
const leftOut = (plan: PlanPreview | undefined, hosts: Host[]) =>
  new Set(plan && plan.spec.targets.hosts.length > 0 ? hosts.map(({ name }) => name).filter((name) => !plan.spec.targets.hosts.includes(name)) : []);

function DeployForm({ plan }: { plan: PlanPreview | undefined }) {
  const t = useT();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { package: name = "", version, modules = [] } = search;
  const change = (part: Partial<typeof search>) => void navigate({ replace: true, search: (before) => ({ ...before, ...part }) });

  const topology = useQuery(topologyQuery);
  const { hosts, loading, error } = useHosts(modules);
  const instances = useQuery(instancesOfPackageQuery(name));
  const versions = useMemo(() => new Map(instances.data?.map((one) => [one.host_name, one.version])), [instances.data]);
  const [touched, setDeselected] = useState<Set<string>>();
  const deselected = touched ?? leftOut(plan, hosts);
  const selected = hosts.filter((host) => isSelectable(host) && !deselected.has(host.name)).map((host) => host.name);

  const script = useScript(name, version);
  const parameters = script.spec?.parameter ?? [];
  const [form] = Form.useForm<StrategyFields>();
  const [given] = Form.useForm<ParameterFields>();
  const [notBefore, setNotBefore] = useState("");
  const { strategies, named, choose } = useNamed(form, topology.data, modules, plan !== undefined);
  const makePlan = useMutation({
    mutationFn: (request: DeploymentRequest) => post<PlanPreview>("/plans", request),
    onSuccess: ({ id }) => navigate({ to: "/plans/$id", params: { id } }),
  });
  const submit = async () => {
    const checked = await Promise.all([form.validateFields(), parameters.length > 0 ? given.validateFields() : {}]).catch(() => undefined);
    if (!checked) return;
    const [fields, values] = checked;
    const everyone = hosts.every(({ name }) => !deselected.has(name));
    makePlan.mutate({
      ...(script.spec ? { action: "run" as const, parameters: parametersOf(parameters, values) } : { action: "deploy" as const }),
      package: name,
      version: version ?? null,
      targets: { modules, hosts: everyone ? [] : selected },
      strategy: strategyOf(fields),
      ...(named ? { strategy_name: named.name } : {}),
      ...(notBefore ? { not_before: new Date(notBefore).toISOString() } : {}),
    });
  };
  const lacks = !name || !version ? t.deploy.needPackage : selected.length === 0 ? t.deploy.needHosts : undefined;
  const title = script.spec ? t.run.title : t.deploy.title;

  return (
    <>
      <PageHead title={title} crumbs={<Link to="/deployments">{t.deployments.title}</Link>} />
      <Panel title={t.deploy.what}>
        <PackageAndVersion name={name} version={version} onChange={change} />
      </Panel>
      {parameters.length > 0 && (
        <Panel title={t.run.parameters}>
          <ParametersForm
            key={`${name} ${version}`}
            form={given}
            parameters={parameters}
            initial={parameterFieldsOf(parameters, (plan?.spec as DeploymentRequest | undefined)?.parameters ?? {})}
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
          title={t.deploy.hosts}
          flush
          extra={modules.length > 0 && <span className="faint num">{t.deploy.selectedOf(selected.length, hosts.length)}</span>}
        >
          {error && <ProblemView error={error} />}
          {modules.length === 0 ? (
            <Blank title={t.deploy.chooseModules} hint={t.deploy.chooseModulesHint} />
          ) : (
            <HostPicker
              hosts={hosts}
              loading={loading}
              versions={versions}
              deselected={deselected}
              severalModules={modules.length > 1}
              onChange={setDeselected}
            />
          )}
        </Panel>
      </div>
      <Panel title={t.deploy.how} extra={<NamedStrategySelect strategies={strategies} value={named?.name} onChange={choose} />}>
        <StrategyForm form={form} initial={plan?.spec.strategy ? fieldsOf(plan.spec.strategy) : DEFAULT_STRATEGY} total={selected.length} />
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
        <span className="faint">{lacks ?? t.deploy.selectedOf(selected.length, hosts.length)}</span>
      </div>
    </>
  );
}

/** The named strategy that fills the form: the one that a person chose, or else the default of where the deployment goes. */
function useNamed(form: FormInstance<StrategyFields>, topology: Topology | undefined, modules: string[], isAgain: boolean) {
  const strategies = useQuery(strategiesQuery).data?.items ?? [];
  const [chosen, setChosen] = useState<NamedStrategy | "none">();
  const usual = isAgain ? undefined : defaultOf(strategies, topology, modules);
  useEffect(() => {
    if (usual && chosen === undefined && !form.isFieldsTouched()) form.setFieldsValue(fieldsOf(usual.strategy));
  }, [usual, chosen, form]);
  const choose = (strategy: NamedStrategy | undefined) => {
    setChosen(strategy ?? "none");
    if (strategy) form.setFieldsValue(fieldsOf(strategy.strategy));
  };
  return { strategies, named: chosen === undefined ? usual : chosen === "none" ? undefined : chosen, choose };
}

/** How the version is run, if it is a script; what is none is deployed. */
function useScript(name: string, version: string | undefined) {
  const { data, isLoading } = useQuery({ ...versionQuery(name, version ?? ""), enabled: name !== "" && version !== undefined });
  return { spec: data?.manifest.script, isPending: isLoading };
}

interface PackageAndVersionProps {
  name: string;
  version: string | undefined;
  onChange: (part: { package?: string | undefined; version?: string | undefined }) => void;
}

function PackageAndVersion({ name, version, onChange }: PackageAndVersionProps) {
  const t = useT();
  const versions = useQuery(versionChoicesQuery(name));
  return (
    <Form layout="vertical" component="div" className="fields-2">
      <Form.Item label={t.deploy.package}>
        <PackageSelect
          value={name || undefined}
          label={t.deploy.packageHint}
          onChange={(chosen, found) => onChange({ package: chosen, version: found?.latest ?? undefined })}
        />
      </Form.Item>
      <Form.Item label={t.deploy.version}>
        <Select
          showSearch
          value={version ?? null}
          placeholder={t.deploy.versionHint}
          aria-label={t.deploy.version}
          disabled={!name}
          loading={versions.isFetching}
          options={versions.data?.items.map((one) => ({ value: one.version, label: one.version, note: one.description || one.build })) ?? []}
          optionRender={({ data }) => (
            <span className="option-line">
              {data.label}
              <span className="faint clip">{data.note}</span>
            </span>
          )}
          onChange={(value) => onChange({ version: value })}
        />
      </Form.Item>
    </Form>
  );
}
