// Links to what tables name.

import { Link } from "@tanstack/react-router";

import type { DeploymentSummary } from "../api/types";
import { partsName } from "../deploy/partsName";
import { useT } from "../i18n";

export function PackageLink({ name }: { name: string }) {
  return (
    <Link className="entity" to="/packages/$name" params={{ name }}>
      {name}
    </Link>
  );
}

export function VersionLink({ name, version, full }: { name: string; version: string; full?: boolean }) {
  return (
    <Link className="entity" to="/packages/$name" params={{ name }} search={{ version }}>
      {full ? `${name}@${version}` : version}
    </Link>
  );
}

export function HostLink({ name }: { name: string }) {
  return (
    <Link className="entity" to="/hosts/$name" params={{ name }}>
      {name}
    </Link>
  );
}

export function DeploymentLink({ deployment }: { deployment: DeploymentSummary }) {
  const t = useT();
  const { id, action } = deployment;
  return (
    <Link className="entity" to="/deployments/$id" params={{ id }}>
      {t.deployments.title1(t.actions[action], partsName(deployment, t))}
    </Link>
  );
}

/** `Shop › Production › Web`. */
export function ModuleName({ path }: { path: string }) {
  const parts = path.split("/");
  return (
    <span className="module-path" title={path}>
      {parts.map((part, index) => (
        <span key={index} className={index === parts.length - 1 ? "module-last" : undefined}>
          {index > 0 && <i aria-hidden> › </i>}
          {part}
        </span>
      ))}
    </span>
  );
}

export function ModuleLinks({ paths }: { paths: string[] }) {
  const t = useT();
  if (paths.length === 0) return <span className="faint">{t.common.none}</span>;
  return (
    <>
      {paths.map((path) => (
        <div key={path}>
          <Link className="entity" to="/topology" search={{ module: path }}>
            <ModuleName path={path} />
          </Link>
        </div>
      ))}
    </>
  );
}
