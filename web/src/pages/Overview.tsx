// What goes on, at a glance: deployments, hosts, versions, storage.

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Skeleton } from "antd";

import { overviewQuery } from "../api/queries";
import type { DeploymentSummary, Overview as Data, VersionSummary } from "../api/types";
import { useI18n, useT } from "../i18n";
import { formatBytes, formatNumber } from "../i18n/format";
import { ButtonLink } from "../shell/ButtonLink";
import { DeploymentLink, VersionLink } from "../table/links";
import { Ago } from "../ui/Ago";
import { Blank } from "../ui/Blank";
import { PageHead } from "../ui/PageHead";
import { Panel } from "../ui/Panel";
import { ProblemView } from "../ui/ProblemView";
import { State } from "../ui/State";
import { deploymentTone } from "../ui/tone";
import { doneUnits, UnitBar } from "../ui/UnitBar";
import { FirstSteps } from "./FirstSteps";

export function Overview() {
  const t = useT();
  const overview = useQuery(overviewQuery);
  return (
    <>
      <PageHead
        title={t.overview.title}
        actions={
          <>
            <ButtonLink to="/push">{t.nav.push}</ButtonLink>
            <ButtonLink to="/deploy" look="primary">
              {t.nav.deploy}
            </ButtonLink>
          </>
        }
      />
      {overview.isError && <ProblemView error={overview.error} onRetry={() => void overview.refetch()} />}
      {overview.isPending && <Skeleton active paragraph={{ rows: 8 }} />}
      {overview.data && <Contents data={overview.data} />}
    </>
  );
}

function Contents({ data }: { data: Data }) {
  const t = useT();
  const isNew = data.versions === 0 || data.hosts_online + data.hosts_offline === 0;
  return (
    <>
      <Numbers data={data} />
      {isNew && <FirstSteps />}
      <Panel title={t.overview.running} flush extra={<Link to="/deployments">{t.nav.deployments}</Link>}>
        {data.running.length > 0 ? (
          <ul className="rows">
            {data.running.map((deployment) => (
              <Running key={deployment.id} deployment={deployment} />
            ))}
          </ul>
        ) : (
          <Blank title={t.overview.nothingRuns} />
        )}
      </Panel>
      <div className="columns">
        <Panel title={t.overview.recent} flush>
          {data.recent.length > 0 ? (
            <ul className="rows">
              {data.recent.map((deployment) => (
                <Ended key={deployment.id} deployment={deployment} />
              ))}
            </ul>
          ) : (
            <Blank title={t.overview.nothingEnded} />
          )}
        </Panel>
        <Panel title={t.overview.recentVersions} flush extra={<Link to="/packages">{t.nav.packages}</Link>}>
          {data.recent_versions.length > 0 ? (
            <ul className="rows">
              {data.recent_versions.map((version) => (
                <RecentVersion key={version.id} version={version} />
              ))}
            </ul>
          ) : (
            <Blank title={t.overview.noVersions} />
          )}
        </Panel>
      </div>
    </>
  );
}

function Numbers({ data }: { data: Data }) {
  const { t, language } = useI18n();
  const number = (value: number) => formatNumber(value, language);
  const saved = data.content_bytes > 0 ? Math.max(0, Math.floor((1 - data.stored_bytes / data.content_bytes) * 100)) : undefined;
  return (
    <div className="numbers">
      <Link to="/hosts" className="number">
        <h2>{t.overview.hosts}</h2>
        <strong>{number(data.hosts_online + data.hosts_offline)}</strong>
        <span>
          {data.hosts_online + data.hosts_offline === 0 ? (
            t.overview.noHosts
          ) : (
            <>
              <State tone="good">{`${number(data.hosts_online)} ${t.overview.online}`}</State>
              {data.hosts_offline > 0 && <State tone="bad">{`${number(data.hosts_offline)} ${t.overview.offline}`}</State>}
            </>
          )}
        </span>
      </Link>
      <Link to="/instances" search={data.instances_unhealthy > 0 ? { health: "unhealthy" } : {}} className="number">
        <h2>{t.overview.instances}</h2>
        <strong>{number(data.instances)}</strong>
        <span>
          {data.instances_unhealthy > 0 ? (
            <State tone="bad">{`${number(data.instances_unhealthy)} ${t.overview.unhealthy}`}</State>
          ) : (
            data.instances > 0 && <State tone="good">{t.overview.healthy}</State>
          )}
        </span>
      </Link>
      <Link to="/packages" className="number">
        <h2>{t.overview.packages}</h2>
        <strong>{number(data.packages)}</strong>
        <span>{t.common.versions(data.versions)}</span>
      </Link>
      <div className="number">
        <h2>{t.overview.storage}</h2>
        <strong>{saved === undefined ? "–" : `${saved}%`}</strong>
        <span>
          {saved === undefined
            ? t.overview.nothingStored
            : t.overview.storedOf(formatBytes(data.stored_bytes), formatBytes(data.content_bytes))}
        </span>
      </div>
    </div>
  );
}

function Running({ deployment }: { deployment: DeploymentSummary }) {
  const t = useT();
  return (
    <li className="row-running">
      <DeploymentLink deployment={deployment} />
      <State tone={deploymentTone[deployment.state]}>{t.deployments.states[deployment.state]}</State>
      <UnitBar units={deployment.units} total={deployment.total} />
      <span className="num">{`${doneUnits(deployment.units)}/${deployment.total}`}</span>
      <span className="row-when">
        <Ago at={deployment.created_at} />
      </span>
    </li>
  );
}

function Ended({ deployment }: { deployment: DeploymentSummary }) {
  const t = useT();
  return (
    <li>
      <DeploymentLink deployment={deployment} />
      <span className="row-rest">
        <State tone={deploymentTone[deployment.state]}>{t.deployments.states[deployment.state]}</State>
        <span className="faint">{t.common.hosts(deployment.total)}</span>
      </span>
      <span className="row-when">
        <Ago at={deployment.ended_at ?? deployment.created_at} />
      </span>
    </li>
  );
}

function RecentVersion({ version }: { version: VersionSummary }) {
  const t = useT();
  return (
    <li>
      <VersionLink name={version.package} version={version.version} full />
      <span className="row-rest">
        <span className="faint num">
          {t.overview.sizeAndNew(formatBytes(version.size), formatBytes(version.new_bytes))}
        </span>
      </span>
      <span className="row-when">
        <Ago at={version.created_at} />
      </span>
    </li>
  );
}
