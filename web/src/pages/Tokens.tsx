import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Button } from "antd";
import { useState } from "react";

import { remove, seg } from "../api/client";
import type { TokenSummary } from "../api/types";
import { TokenDialog } from "../forms/TokenDialog";
import { useT } from "../i18n";
import { QueryTable, type Column } from "../table/QueryTable";
import { Ago } from "../ui/Ago";
import { Blank } from "../ui/Blank";
import { PageHead } from "../ui/PageHead";
import { ProblemView } from "../ui/ProblemView";

export function Tokens() {
  const t = useT();
  const client = useQueryClient();
  const { modal } = App.useApp();
  const [making, setMaking] = useState(false);
  const removal = useMutation({
    mutationFn: (token: TokenSummary) => remove(`/tokens/${seg(token.id)}`),
    onSettled: () => client.invalidateQueries({ queryKey: ["tokens"] }),
  });
  const ask = (token: TokenSummary) =>
    modal.confirm({
      title: t.tokens.removeTitle(token.name),
      content: t.tokens.removeText,
      okText: t.common.remove,
      okButtonProps: { danger: true },
      // A refusal closes the question; the page says why.
      onOk: () => removal.mutateAsync(token).catch(() => undefined),
    });
  const columns: Column<TokenSummary>[] = [
    { key: "name", title: t.tokens.name, render: (row) => row.name },
    { key: "created", title: t.tokens.created, render: (row) => <Ago at={row.created_at} /> },
    { key: "expires", title: t.tokens.expires, render: (row) => (row.expires_at ? <Ago at={row.expires_at} /> : t.tokens.neverEnds) },
    {
      key: "used",
      title: t.tokens.lastUsed,
      render: (row) => (row.last_used_at ? <Ago at={row.last_used_at} /> : <span className="faint">{t.common.never}</span>),
    },
    {
      key: "actions",
      title: t.package.actions,
      align: "right",
      render: (row) => (
        <Button type="text" size="small" danger onClick={() => ask(row)}>
          {t.common.remove}
        </Button>
      ),
    },
  ];
  const make = (
    <Button type="primary" onClick={() => setMaking(true)}>
      {t.tokens.make}
    </Button>
  );
  return (
    <>
      <PageHead title={t.tokens.title} note={<span className="faint">{t.tokens.intro}</span>} actions={make} />
      {removal.isError && <ProblemView error={removal.error} />}
      <QueryTable<TokenSummary>
        noun="tokens"
        path="/tokens"
        rowKey={(row) => row.id}
        columns={columns}
        empty={<Blank title={t.tokens.empty} hint={t.tokens.emptyHint} action={make} />}
      />
      {making && <TokenDialog onClose={() => setMaking(false)} />}
    </>
  );
}
