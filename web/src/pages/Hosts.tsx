import { getRouteApi } from "@tanstack/react-router";
import { Button, Select } from "antd";
import { useCallback } from "react";

import type { Host, HostState } from "../api/types";
import { JoinDialog } from "../forms/JoinDialog";
import { ModuleSelect } from "../forms/ModuleSelect";
import { useT } from "../i18n";
import { useHostColumns } from "../table/hostColumns";
import { QueryTable } from "../table/QueryTable";
import { SearchBox } from "../table/SearchBox";
import { useFilters } from "../table/useFilters";
import { Blank } from "../ui/Blank";
import { PageHead } from "../ui/PageHead";

const route = getRouteApi("/shell/hosts");
const STATES: HostState[] = ["online", "offline"];

export function Hosts() {
  const t = useT();
  const { module, state, search, join } = route.useSearch();
  const { set, clear } = useFilters();
  const onSearch = useCallback((value: string | undefined) => set({ search: value }), [set]);
  const joinButton = (
    <Button type="primary" onClick={() => set({ join: "1" })}>
      {t.hosts.join}
    </Button>
  );
  return (
    <>
      <PageHead title={t.hosts.title} actions={joinButton} />
      <QueryTable<Host>
        noun="hosts"
        path="/hosts"
        filters={{ module, state, search }}
        rowKey={(row) => row.id}
        columns={useHostColumns()}
        onClear={clear}
        toolbar={
          <>
            <SearchBox value={search} label={t.hosts.searchHint} onChange={onSearch} />
            <ModuleSelect value={module} label={t.hosts.anyModule} onChange={(next) => set({ module: next })} />
            <Select
              allowClear
              value={state}
              placeholder={t.hosts.anyState}
              aria-label={t.hosts.state}
              popupMatchSelectWidth={false}
              options={STATES.map((value) => ({ value, label: t.hosts.states[value] }))}
              onChange={(next: HostState | undefined) => set({ state: next })}
            />
          </>
        }
        empty={<Blank title={t.hosts.empty} hint={t.hosts.emptyHint} action={joinButton} />}
      />
      {join && <JoinDialog modules={module ? [module] : []} onClose={() => set({ join: undefined })} />}
    </>
  );
}
