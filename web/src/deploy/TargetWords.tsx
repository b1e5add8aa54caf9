// Where a deployment is aimed, as it was asked for.

import { Link } from "@tanstack/react-router";
import { Fragment, type ReactNode } from "react";

import type { Targets } from "../api/types";
import { useT } from "../i18n";
import { ModuleName } from "../table/links";

export function TargetWords({ targets: { modules, labels, state, health, version, failed_in: failedIn, hosts } }: { targets: Targets }) {
  const t = useT();
  const words: ReactNode[] = [
    ...(modules ?? []).map((path) => (
      <Link className="entity" to="/topology" search={{ module: path }}>
        <ModuleName path={path} />
      </Link>
    )),
    labels,
    state && t.instances.states[state],
    health && t.instances.healths[health],
    version && `${t.instances.version} ${version}`,
    failedIn && (
      <Link className="entity" to="/deployments/$id" params={{ id: failedIn }}>
        {t.aim.failedIn}
      </Link>
    ),
    hosts && hosts.length > 0 && t.common.hosts(hosts.length),
  ];
  return words.filter(Boolean).map((word, index) => (
    <Fragment key={index}>
      {index > 0 && " · "}
      {word}
    </Fragment>
  ));
}
