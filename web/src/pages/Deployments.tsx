import { getRouteApi } from "@tanstack/react-router";
import { Select } from "antd";

import type { DeploymentState, DeploymentSummary } from "../api/types";
import { PackageSelect } from "../forms/PackageSelect";
import { useT } from "../i18n";
import { ButtonLink } from "../shell/ButtonLink";
import { useDeploymentColumns } from "../table/deploymentColumns";
import { QueryTable } from "../table/QueryTable";
import { useFilters } from "../table/useFilters";
import { Blank } from "../ui/Blank";
import { PageHead } from "../ui/PageHead";
import { deploymentTone } from "../ui/tone";

const route = getRouteApi("/shell/deployments");
const STATES = Object.keys(deploymentTone) as DeploymentState[];

export function Deployments() {
  const t = useT();
  const { package: name, state } = route.useSearch();
  const { set, clear } = useFilters();
  const start = (
    <ButtonLink to="/deploy" look="primary">
      {t.nav.deploy}
    </ButtonLink>
  );
  return (
    <>
      <PageHead title={t.deployments.title} actions={start} />
      <QueryTable<DeploymentSummary>
        noun="deployments"
        path="/deployments"
        filters={{ package: name, state }}
        rowKey={(row) => row.id}
        columns={useDeploymentColumns()}
        onClear={clear}
        toolbar={
          <>
            <PackageSelect allowClear value={name} label={t.instances.anyPackage} onChange={(chosen) => set({ package: chosen })} />
            <Select
              allowClear
              value={state}
              placeholder={t.deployments.state}
              aria-label={t.deployments.state}
              popupMatchSelectWidth={false}
              options={STATES.map((value) => ({ value, label: t.deployments.states[value] }))}
              onChange={(value: DeploymentState | undefined) => set({ state: value })}
            />
          </>
        }
        empty={<Blank title={t.deployments.empty} hint={t.deployments.emptyHint} action={start} />}
      />
    </>
  );
}
