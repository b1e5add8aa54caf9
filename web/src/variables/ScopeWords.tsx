// A scope in words: what kind of place it is, and which.

import { Link } from "@tanstack/react-router";

import type { Environment } from "../api/types";
import { useT } from "../i18n";
import { HostLink, ModuleName, PackageLink } from "../table/links";
import { scopeOf } from "./scope";

export function ScopeWords({ scope: text }: { scope: string }) {
  const t = useT();
  const scope = scopeOf(text);
  if (!scope) return <code>{text}</code>;
  const { kind, name } = scope;
  if (kind === "global") return <span>{t.values.scopes.global}</span>;
  return (
    <span className="scope-words">
      <span className="faint">{t.values.scopes[kind]}</span> <Which kind={kind} name={name} />
    </span>
  );
}

function Which({ kind, name }: { kind: Exclude<NonNullable<ReturnType<typeof scopeOf>>["kind"], "global">; name: string }) {
  const t = useT();
  switch (kind) {
    case "environment":
      return t.topology.environments[name as Environment] ?? name;
    case "business":
    case "system":
      return <ModuleName path={name} />;
    case "module":
      return (
        <Link className="entity" to="/topology" search={{ module: name }}>
          <ModuleName path={name} />
        </Link>
      );
    case "host":
      return <HostLink name={name} />;
    case "package":
      return <PackageLink name={name} />;
  }
}
