// The values that variables have, by scope.

import { getRouteApi } from "@tanstack/react-router";
import { Alert, App, Button } from "antd";
import { useCallback, useState, type ReactNode } from "react";

import type { Variable } from "../api/types";
import { useT } from "../i18n";
import { ButtonLink } from "../shell/ButtonLink";
import { QueryTable, type Column } from "../table/QueryTable";
import { SearchBox } from "../table/SearchBox";
import { useFilters } from "../table/useFilters";
import { Ago } from "../ui/Ago";
import { Blank } from "../ui/Blank";
import { ProblemView } from "../ui/ProblemView";
import { useVariableRemoval } from "./queries";
import { isWhole } from "./scope";
import { ScopeField } from "./ScopeField";
import { ScopeWords } from "./ScopeWords";
import { ValueWords } from "./ValueWords";
import { VariableDialog } from "./VariableDialog";

const route = getRouteApi("/shell/variables");

interface Props {
  /** The button by which a value is given, for when there is none. */
  set: ReactNode;
  onChanged: (variable: Variable) => void;
}

export function Values({ set: setButton, onChanged }: Props) {
  const t = useT();
  const { modal } = App.useApp();
  const { scope, name } = route.useSearch();
  const { set } = useFilters();
  const onSearch = useCallback((next: string | undefined) => set({ name: next }), [set]);
  const [edited, setEdited] = useState<Variable>();
  const removal = useVariableRemoval();
  const ask = (variable: Variable) =>
    void modal.confirm({
      title: t.values.removeTitle(variable.name),
      content: (
        <>
          <p>
            <code>{variable.scope}</code>
          </p>
          <p>{t.values.removeText}</p>
        </>
      ),
      okText: t.common.remove,
      okButtonProps: { danger: true },
      cancelText: t.common.cancel,
      // A refusal closes the question; the page says why.
      onOk: () =>
        removal.mutateAsync(variable).then(
          () => onChanged(variable),
          () => undefined,
        ),
    });
  const columns: Column<Variable>[] = [
    {
      key: "name",
      title: t.values.name,
      render: (row) => (
        <div className="two-lines">
          <code>{row.name}</code>
          {row.description && <span className="faint clip">{row.description}</span>}
        </div>
      ),
    },
    { key: "value", title: t.values.value, render: (row) => <ValueWords value={row} /> },
    { key: "scope", title: t.values.scope, render: (row) => <ScopeWords scope={row.scope} /> },
    { key: "type", title: t.values.type, optional: true, render: (row) => t.values.types[row.type] },
    { key: "by", title: t.values.changedBy, optional: true, render: (row) => row.updated_by },
    { key: "updated", title: t.values.changed, optional: true, render: (row) => <Ago at={row.updated_at} /> },
    {
      key: "actions",
      title: t.package.actions,
      align: "right",
      render: (row) => (
        <span className="row-actions">
          <Button type="text" size="small" aria-label={t.values.changeTitle(row.name)} onClick={() => setEdited(row)}>
            {t.values.change}
          </Button>
          <Button type="text" size="small" danger aria-label={t.values.removeTitle(row.name)} onClick={() => ask(row)}>
            {t.common.remove}
          </Button>
        </span>
      ),
    },
  ];
  return (
    <>
      {removal.isError && <ProblemView error={removal.error} />}
      <QueryTable<Variable>
        noun="variables"
        path="/variables"
        filters={{ name, scope: scope && isWhole(scope) ? scope : undefined }}
        rowKey={(row) => row.id}
        columns={columns}
        onClear={() => set({ name: undefined, scope: undefined })}
        toolbar={
          <>
            <SearchBox value={name} label={t.values.nameFilter} onChange={onSearch} />
            <ScopeField value={scope} anywhere={t.values.anyScope} onChange={(next) => set({ scope: next })} />
          </>
        }
        empty={<Blank title={t.values.emptyList} hint={t.values.emptyListHint} action={setButton} />}
      />
      {edited && <VariableDialog variable={edited} onClose={() => setEdited(undefined)} onSaved={onChanged} />}
    </>
  );
}

/** What to do after a change: nothing on a host changes by itself. */
export function Changed({ name, onClose }: { name: string; onClose: () => void }) {
  const t = useT();
  return (
    <Alert
      type="success"
      showIcon
      closable={{ onClose }}
      title={t.values.changedNow(name)}
      description={t.values.changedHint}
      action={
        <ButtonLink to="/variables" search={{ tab: "affected", name }} onClick={onClose}>
          {t.values.showAffected}
        </ButtonLink>
      }
    />
  );
}
