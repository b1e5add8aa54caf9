// The secrets of the vault: what they are called and who changed them when. What they say is never shown.

import { getRouteApi, Link } from "@tanstack/react-router";
import { App, Button } from "antd";
import { useState } from "react";

import type { Secret } from "../api/types";
import { useT } from "../i18n";
import { QueryTable, type Column } from "../table/QueryTable";
import { Ago } from "../ui/Ago";
import { Blank } from "../ui/Blank";
import { PageHead } from "../ui/PageHead";
import { ProblemView } from "../ui/ProblemView";
import { useSecretRemoval } from "../vault/queries";
import { SecretDialog } from "../vault/SecretDialog";
import { SecretDrawer } from "../vault/SecretDrawer";

const route = getRouteApi("/shell/vault");

export function Vault() {
  const t = useT();
  const { modal } = App.useApp();
  const { secret } = route.useSearch();
  const navigate = route.useNavigate();
  const [edited, setEdited] = useState<Secret | "new">();
  const removal = useSecretRemoval();
  const open = (name: string | undefined) => void navigate({ search: (before) => ({ ...before, secret: name }), replace: secret !== undefined });
  const ask = ({ name, used_by: users }: Secret) =>
    void modal.confirm({
      title: t.vault.removeTitle(name),
      content: users > 0 ? t.vault.removeUsed(users) : t.vault.removeText,
      okText: t.common.remove,
      okButtonProps: { danger: true },
      cancelText: t.common.cancel,
      // A refusal closes the question; the page says why.
      onOk: () =>
        removal.mutateAsync(name).then(
          () => open(undefined),
          () => undefined,
        ),
    });
  const columns: Column<Secret>[] = [
    {
      key: "name",
      title: t.vault.name,
      render: (row) => (
        <Link className="entity" to="." search={(before) => ({ ...before, secret: row.name })}>
          {row.name}
        </Link>
      ),
    },
    { key: "description", title: t.values.description, optional: true, render: (row) => <span className="faint">{row.description}</span> },
    { key: "version", title: t.vault.version, align: "right", render: (row) => <span className="num">{row.version}</span> },
    { key: "used", title: t.vault.usedBy, align: "right", optional: true, render: (row) => <span className="num">{t.vault.variables(row.used_by)}</span> },
    { key: "by", title: t.values.changedBy, optional: true, render: (row) => row.updated_by },
    { key: "updated", title: t.values.changed, render: (row) => <Ago at={row.updated_at} /> },
    {
      key: "actions",
      title: t.package.actions,
      align: "right",
      render: (row) => (
        <span className="row-actions">
          <Button type="text" size="small" aria-label={t.vault.changeTitle(row.name)} onClick={() => setEdited(row)}>
            {t.vault.change}
          </Button>
          <Button type="text" size="small" danger aria-label={t.vault.removeTitle(row.name)} onClick={() => ask(row)}>
            {t.common.remove}
          </Button>
        </span>
      ),
    },
  ];
  const add = (
    <Button type="primary" onClick={() => setEdited("new")}>
      {t.vault.add}
    </Button>
  );
  return (
    <>
      <PageHead title={t.vault.title} note={<span className="faint">{t.vault.intro}</span>} actions={add} />
      {removal.isError && <ProblemView error={removal.error} />}
      <QueryTable<Secret>
        noun="secrets"
        path="/vault/secrets"
        rowKey={(row) => row.id}
        columns={columns}
        empty={<Blank title={t.vault.empty} hint={t.vault.emptyHint} action={add} />}
      />
      {secret && <SecretDrawer name={secret} onChange={setEdited} onRemove={ask} onClose={() => open(undefined)} />}
      {edited && <SecretDialog secret={edited === "new" ? undefined : edited} onClose={() => setEdited(undefined)} />}
    </>
  );
}
