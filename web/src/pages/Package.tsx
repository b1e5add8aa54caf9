// One package: its versions, where it is, and what was done with it.

import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Tabs, Tag } from "antd";

import { packageQuery } from "../api/queries";
import type { DeploymentSummary, Draft, Instance } from "../api/types";
import { NewVersionButton } from "../drafts/NewVersionButton";
import { useT } from "../i18n";
import { PackageBindings } from "../packages/PackageBindings";
import { PackageRetention } from "../packages/PackageRetention";
import { PackageSettings } from "../packages/PackageSettings";
import { ButtonLink } from "../shell/ButtonLink";
import { useDeploymentColumns } from "../table/deploymentColumns";
import { instanceKey, useInstanceColumns } from "../table/instanceColumns";
import { QueryTable } from "../table/QueryTable";
import { Ago } from "../ui/Ago";
import { Blank } from "../ui/Blank";
import { PageHead } from "../ui/PageHead";
import { ProblemView } from "../ui/ProblemView";
import { useDraftColumns } from "./Drafts";
import { PackageVersions } from "./PackageVersions";
import { VersionDrawer } from "./VersionDrawer";

const route = getRouteApi("/shell/packages/$name");

export function Package() {
  const t = useT();
  const { name } = route.useParams();
  const { tab = "versions", version, view = "overview", file } = route.useSearch();
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
          found ? (
            <>
              <Tag variant="outlined">{t.packages.kinds[found.kind]}</Tag>
              {found.description && <span>{found.description}</span>}
              <span className="faint">
                {t.package.created} <Ago at={found.created_at} /> · {found.creator}
              </span>
            </>
          ) : (
            // Keeps the place of the line, so that nothing below moves under a pointer when it comes.
            <span className="faint">{t.common.loading}</span>
          )
        }
        actions={
          <>
            {found?.latest && <NewVersionButton name={name} version={found.latest} />}
            <ButtonLink to="/push">{t.package.pushVersion}</ButtonLink>
            <ButtonLink to="/deploy" look="primary" search={{ package: name, version: found?.latest ?? undefined }} disabled={!found?.latest}>
              {found?.kind === "script" ? t.actions.run : t.package.deploy}
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
          { key: "drafts", label: t.drafts.title, children: <PackageDrafts name={name} /> },
          { key: "bindings", label: t.aim.bindings, children: <PackageBindings name={name} /> },
          { key: "retention", label: t.retention.title, children: <PackageRetention name={name} /> },
          { key: "settings", label: t.packageSettings.title, children: <PackageSettings name={name} /> },
        ]}
      />
      {version && (
        <VersionDrawer
          name={name}
          version={version}
          view={view}
          file={file}
          onView={(next, path) => void navigate({ replace: true, search: (before) => ({ ...before, view: next, file: path ?? before.file }) })}
          onClose={() => void navigate({ search: (before) => ({ ...before, version: undefined, view: undefined, file: undefined }) })}
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

function PackageDrafts({ name }: { name: string }) {
  const t = useT();
  return (
    <QueryTable<Draft>
      noun="drafts"
      path="/drafts"
      scope={{ state: "open", package: name }}
      rowKey={(row) => row.id}
      columns={useDraftColumns()}
      empty={<Blank title={t.drafts.empty} hint={t.drafts.emptyHint} />}
    />
  );
}
