// The modules to which a package may be deployed.

import { Button } from "antd";
import { useState } from "react";

import type { Binding } from "../api/types";
import { ModuleSelect } from "../forms/ModuleSelect";
import { useT } from "../i18n";
import { ModuleLinks } from "../table/links";
import { QueryTable, type Column } from "../table/QueryTable";
import { Ago } from "../ui/Ago";
import { Blank } from "../ui/Blank";
import { ProblemView } from "../ui/ProblemView";
import { useAsk } from "../ui/useAsk";
import { packagePath, useBind, useUnbind } from "./queries";

export function PackageBindings({ name }: { name: string }) {
  const t = useT();
  const ask = useAsk();
  const [module, setModule] = useState<string>();
  const bind = useBind(name);
  const unbind = useUnbind(name);
  const columns: Column<Binding>[] = [
    { key: "module", title: t.topology.module, render: (row) => <ModuleLinks paths={[row.module]} /> },
    { key: "since", title: t.aim.boundSince, render: (row) => <Ago at={row.created_at} /> },
    {
      key: "actions",
      title: t.package.actions,
      align: "right",
      render: ({ module: path }) => (
        <Button
          type="text"
          size="small"
          danger
          aria-label={t.aim.unbindFrom(path)}
          onClick={() => ask({ title: t.aim.unbindTitle(path), text: t.aim.unbindText, ok: t.aim.unbind }, () => unbind.mutateAsync(path))}
        >
          {t.aim.unbind}
        </Button>
      ),
    },
  ];
  const error = bind.error ?? unbind.error;
  return (
    <div className="stack">
      <p className="faint">{t.aim.bindingsIntro}</p>
      {error && <ProblemView error={error} />}
      <QueryTable<Binding>
        noun="bindings"
        path={packagePath(name, "/bindings")}
        rowKey={(row) => row.module}
        columns={columns}
        toolbar={
          <>
            <ModuleSelect value={module} label={t.aim.addBinding} onChange={setModule} />
            <Button
              type="primary"
              disabled={module === undefined}
              loading={bind.isPending}
              onClick={() => module !== undefined && bind.mutate(module, { onSuccess: () => setModule(undefined) })}
            >
              {t.aim.bind}
            </Button>
          </>
        }
        empty={<Blank title={t.aim.noBindings} hint={t.aim.noBindingsHint} />}
      />
    </div>
  );
}
