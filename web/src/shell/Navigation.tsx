import { Link, useRouterState } from "@tanstack/react-router";
import { Menu } from "antd";

import { useT } from "../i18n";
import {
  AUDIT,
  DANGER_RULES,
  DATABASE_TARGETS,
  DEPLOYMENTS,
  DRAFTS,
  GUARD_RAILS,
  HOSTS,
  INSTANCES,
  OBJECTS,
  OVERVIEW,
  PACKAGES,
  STORAGE,
  TOKENS,
  TOPOLOGY,
  VARIABLES,
  VAULT,
  type Place,
} from "./places";

/** Pages that belong to a place without lying under its path. */
const BELONGS: Record<string, string> = { push: "/packages", deploy: "/deployments", plans: "/deployments", import: "/objects" };

export function Navigation({ collapsed }: { collapsed: boolean }) {
  const t = useT();
  const first = useRouterState({ select: (state) => state.location.pathname.split("/")[1] ?? "" });
  const item = (place: Place) => ({
    key: place.path,
    icon: place.icon,
    label: <Link to={place.path}>{place.name(t)}</Link>,
  });
  const group = (key: string, label: string, places: Place[]) =>
    collapsed
      ? [{ type: "divider" as const, key }, ...places.map(item)]
      : [{ type: "group" as const, key, label, children: places.map(item) }];
  return (
    <nav className="side-nav" aria-label={t.nav.label}>
      <Menu
        mode="inline"
        inlineCollapsed={collapsed}
        inlineIndent={10}
        selectedKeys={[BELONGS[first] ?? `/${first}`]}
        items={[
          item(OVERVIEW),
          ...group("release", t.nav.release, [PACKAGES, DRAFTS, DEPLOYMENTS, INSTANCES]),
          ...group("fleet", t.nav.fleet, [TOPOLOGY, HOSTS, VARIABLES, VAULT, DATABASE_TARGETS, OBJECTS]),
          ...group("settings", t.nav.settings, [STORAGE, GUARD_RAILS, DANGER_RULES, TOKENS, AUDIT]),
        ]}
      />
    </nav>
  );
}
