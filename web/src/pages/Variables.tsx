// Values of variables by scope; where a value comes from on a host; and which instances a change has yet to reach.

import { getRouteApi } from "@tanstack/react-router";
import { Button, Tabs } from "antd";
import { useState } from "react";

import type { Variable } from "../api/types";
import { useT } from "../i18n";
import { PageHead } from "../ui/PageHead";
import { Affected } from "../variables/Affected";
import { Explain } from "../variables/Explain";
import { Changed, Values } from "../variables/Values";
import { VariableDialog } from "../variables/VariableDialog";
import { VARIABLE_TABS } from "../variables/tabs";

const route = getRouteApi("/shell/variables");

export function Variables() {
  const t = useT();
  const { tab = "values", scope, name } = route.useSearch();
  const navigate = route.useNavigate();
  const [setting, isSetting] = useState(false);
  const [changed, setChanged] = useState<Variable>();
  const set = (
    <Button type="primary" onClick={() => isSetting(true)}>
      {t.values.set}
    </Button>
  );
  const views = {
    values: <Values set={set} onChanged={setChanged} />,
    explain: <Explain onChanged={setChanged} />,
    affected: <Affected />,
  };
  return (
    <>
      <PageHead title={t.values.title} note={<span className="faint">{t.values.intro}</span>} actions={set} />
      {changed && <Changed name={changed.name} onClose={() => setChanged(undefined)} />}
      <Tabs
        activeKey={tab}
        destroyOnHidden
        items={VARIABLE_TABS.map((key) => ({ key, label: t.values.tabs[key], children: views[key] }))}
        onChange={(key) => void navigate({ search: (before) => ({ ...before, tab: key as typeof tab, cursor: undefined }) })}
      />
      {setting && <VariableDialog start={{ name, scope }} onClose={() => isSetting(false)} onSaved={setChanged} />}
    </>
  );
}
