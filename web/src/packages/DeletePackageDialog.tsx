// Deletes a package with all its versions, after its name was typed; or says which hosts keep it.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { App, Input, Modal, Skeleton } from "antd";
import { useState } from "react";

import { get, remove } from "../api/client";
import type { Draft, PackageSummary, Page } from "../api/types";
import { useT } from "../i18n";
import { ProblemView } from "../ui/ProblemView";
import { Holders } from "../versions/Holders";
import { holdersQuery } from "../versions/queries";
import { packagePath } from "./queries";

export function DeletePackageDialog({ summary: { name, versions }, onClose }: { summary: PackageSummary; onClose: () => void }) {
  const t = useT();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { message } = App.useApp();
  const [typed, setTyped] = useState("");
  const holders = useQuery(holdersQuery(name));
  const drafts = useQuery({
    queryKey: ["drafts", "of", name],
    queryFn: ({ signal }) => get<Page<Draft>>("/drafts", { package: name, state: "open", limit: 1 }, signal),
  });
  const isHeld = (holders.data?.total ?? 0) > 0;
  const removal = useMutation({
    mutationFn: () => remove(packagePath(name)),
    onSuccess: async () => {
      await navigate({ to: "/packages" });
      void message.success(t.packageSettings.removed(name));
      await client.invalidateQueries({ queryKey: ["packages"] });
    },
  });
  return (
    <Modal
      open
      title={t.packageSettings.removeTitle(name)}
      okText={t.common.remove}
      okButtonProps={{ danger: true, disabled: !holders.data || isHeld || typed !== name }}
      confirmLoading={removal.isPending}
      onOk={() => removal.mutate()}
      onCancel={onClose}
    >
      {holders.isPending && <Skeleton active paragraph={{ rows: 2 }} />}
      {holders.isError && <ProblemView error={holders.error} onRetry={() => void holders.refetch()} />}
      {holders.data && isHeld && <Holders name={name} page={holders.data} />}
      {holders.data && !isHeld && (
        <div className="dialog-words">
          <p>{t.packageSettings.removeTouches(versions, drafts.data?.total ?? 0)}</p>
          <label>
            {t.packageSettings.typeName(name)}
            <Input value={typed} spellCheck={false} autoComplete="off" onChange={({ target }) => setTyped(target.value)} />
          </label>
        </div>
      )}
      {removal.isError && <ProblemView error={removal.error} />}
    </Modal>
  );
}
