// Deletes a version, or says which hosts keep it from being deleted.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Modal, Skeleton } from "antd";

import { remove } from "../api/client";
import type { VersionSummary } from "../api/types";
import { useT } from "../i18n";
import { formatBytes } from "../i18n/format";
import { ProblemView } from "../ui/ProblemView";
import { versionPath } from "./addresses";
import { Holders } from "./Holders";
import { holdersQuery } from "./queries";

interface Props {
  version: VersionSummary;
  onClose: () => void;
  onDeleted?: (() => void) | undefined;
}

export function DeleteVersionDialog({ version: summary, onClose, onDeleted }: Props) {
  const t = useT();
  const client = useQueryClient();
  const { message } = App.useApp();
  const { package: name, version, files, new_bytes } = summary;
  const holders = useQuery(holdersQuery(name, version));
  const isHeld = (holders.data?.total ?? 0) > 0;
  const removal = useMutation({
    mutationFn: () => remove(versionPath(name, version)),
    onSuccess: async () => {
      onDeleted?.();
      onClose();
      void message.success(t.versions.deleted(`${name}@${version}`));
      await client.invalidateQueries({ queryKey: ["packages"] });
    },
  });
  return (
    <Modal
      open
      title={t.versions.deleteTitle(`${name}@${version}`)}
      okText={t.common.remove}
      okButtonProps={{ danger: true, disabled: !holders.data || isHeld }}
      confirmLoading={removal.isPending}
      onOk={() => removal.mutate()}
      onCancel={onClose}
    >
      {holders.isPending && <Skeleton active paragraph={{ rows: 1 }} />}
      {holders.isError && <ProblemView error={holders.error} onRetry={() => void holders.refetch()} />}
      {holders.data && isHeld && <Holders name={name} version={version} page={holders.data} />}
      {holders.data && !isHeld && (
        <div className="dialog-words">
          <p>{t.versions.deleteText(t.common.files(files), formatBytes(new_bytes))}</p>
          <p className="faint">{t.versions.deleteNumber}</p>
        </div>
      )}
      {removal.isError && <ProblemView error={removal.error} />}
    </Modal>
  );
}
