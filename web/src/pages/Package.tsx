// One package: its versions, where it is, and what was done with it.

import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Tabs, Tag } from "antd";

import { packageQuery } from "../api/queries";
import type { DeploymentSummary, Instance } from "../api/types";
import { NewVersionButton } from "../drafts/NewVersionButton";
import { useT } from "../i18n";
import { ButtonLink } from "../shell/ButtonLink";
import { useDeploymentColumns } from "../table/deploymentColumns";
import { instanceKey, useInstanceColumns } from "../table/instanceColumns";
import { QueryTable } from "../table/QueryTable";
import { Ago } from "../ui/Ago";
import { Blank } from "../ui/Blank";
import { PageHead } from "../ui/PageHead";
import { ProblemView } from "../ui/ProblemView";
import { PackageVersions } from "./PackageVersions";
import { VersionDrawer } from "./VersionDrawer";

const route = getRouteApi("/shell/packages/$name");

export function Package() {
  const t = useT();
  const { name } = route.useParams();
  const { tab = "versions", version } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery(packageQuery(name));
  if (query.isError && !query.data) return <ProblemView error={query.error} onRetry={() => void query.refetch()} />;
  const found = query.data;
  return (
    <>
      <PageHead
        title={name}
        crumbs={<Link to="/packages">{t.packages.title}</Link>}
        note={
          found && (
            <>
              <Tag variant="outlined">{t.packages.kinds[found.kind]}</Tag>
              {found.description && <span>{found.description}</span>}
              <span className="faint">
                {t.package.created} <Ago at={found.created_at} /> · {found.creator}
              </span>
            </>
          )
        }
        actions={
          <>
            {found?.latest && <NewVersionButton name={name} version={found.latest} />}
            <ButtonLink to="/push">{t.package.pushVersion}</ButtonLink>
            <ButtonLink to="/deploy" look="primary" search={{ package: name, version: found?.latest ?? undefined }} disabled={!found?.latest}>
              {t.package.deploy}
            </ButtonLink>
          </>
        }
      />
      <Tabs
        activeKey={tab}
        destroyOnHidden
        onChange={(key) => void navigate({ search: { tab: key as typeof tab } })}
        items={[
          { key: "versions", label: t.package.versions, children: <PackageVersions name={name} /> },
          { key: "instances", label: t.package.instances, children: <PackageInstances name={name} /> },
          { key: "deployments", label: t.package.deployments, children: <PackageDeployments name={name} /> },
        ]}
      />
      {version && (
        <VersionDrawer
          name={name}
          version={version}
          onClose={() => void navigate({ search: (before) => ({ ...before, version: undefined }) })}
        />
      )}
    </>
  );
}

function PackageInstances({ name }: { name: string }) {
  const t = useT();
  return (
    <QueryTable<Instance>
      noun="instances"
      path="/instances"
      scope={{ package: name }}
      rowKey={instanceKey}
      columns={useInstanceColumns("package")}
      empty={<Blank title={t.package.noInstances} hint={t.package.noInstancesHint} />}
    />
  );
}

function PackageDeployments({ name }: { name: string }) {
  const t = useT();
  return (
    <QueryTable<DeploymentSummary>
      noun="deployments"
      path="/deployments"
      scope={{ package: name }}
      rowKey={(row) => row.id}
      columns={useDeploymentColumns()}
      empty={<Blank title={t.package.noDeployments} hint={t.package.noInstancesHint} />}
    />
  );
}
