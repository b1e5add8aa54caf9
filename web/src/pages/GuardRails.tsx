// What holds deployments back: freezes, locks and rules of environments; and the strategies that have names.

import { getRouteApi } from "@tanstack/react-router";
import { Tabs } from "antd";

import { Environments } from "../guards/Environments";
import { Freezes } from "../guards/Freezes";
import { Locks } from "../guards/Locks";
import { Strategies } from "../guards/Strategies";
import { GUARD_TABS } from "../guards/tabs";
import { useT } from "../i18n";
import { PageHead } from "../ui/PageHead";

const route = getRouteApi("/shell/guard-rails");

const VIEWS = { freezes: <Freezes />, locks: <Locks />, environments: <Environments />, strategies: <Strategies /> };

export function GuardRails() {
  const t = useT();
  const { tab = "freezes" } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <>
      <PageHead title={t.guards.title} note={<span className="faint">{t.guards.intro}</span>} />
      <Tabs
        activeKey={tab}
        destroyOnHidden
        items={GUARD_TABS.map((key) => ({ key, label: t.guards.tabs[key], children: VIEWS[key] }))}
        onChange={(key) => void navigate({ search: { tab: key as typeof tab } })}
      />
    </>
  );
}
