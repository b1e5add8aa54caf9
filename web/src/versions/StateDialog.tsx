// Yanks or bans a version, or takes that back, after saying what it means for whom.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Form, Input, Modal } from "antd";
import { useState } from "react";

import { post } from "../api/client";
import type { StateReason, VersionDetail, VersionState, VersionSummary } from "../api/types";
import { useT } from "../i18n";
import { ProblemView } from "../ui/ProblemView";
import { versionPath } from "./addresses";

export type StateAction = "yank" | "unyank" | "ban" | "unban";

/** What can be done with the state of a version. */
export const STATE_ACTIONS: Record<VersionState, readonly StateAction[]> = {
  published: ["yank", "ban"],
  yanked: ["unyank", "ban"],
  banned: ["unban"],
};

const LONGEST = 1000;

interface Props {
  version: VersionSummary;
  action: StateAction;
  onClose: () => void;
}

export function StateDialog({ version: { package: name, version, instances, modules }, action, onClose }: Props) {
  const t = useT();
  const client = useQueryClient();
  const { message } = App.useApp();
  const [reason, setReason] = useState("");
  const isHarsh = action === "ban";
  const change = useMutation({
    mutationFn: () => post<VersionDetail>(versionPath(name, version, `/${action}`), { reason: reason.trim() } satisfies StateReason),
    onSuccess: async () => {
      await Promise.all([client.invalidateQueries({ queryKey: ["packages"] }), client.invalidateQueries({ queryKey: ["deployments"] })]);
      void message.success(t.versions.stateDone[action](version));
      onClose();
    },
  });
  return (
    <Modal
      open
      title={t.versions.stateTitle[action](`${name}@${version}`)}
      okText={t.versions.actions[action]}
      okButtonProps={{ danger: isHarsh, disabled: isHarsh && reason.trim() === "" }}
      confirmLoading={change.isPending}
      onOk={() => change.mutate()}
      onCancel={onClose}
    >
      <div className="dialog-words">
        <p>{t.versions.stateText[action]}</p>
        {instances > 0 && <Alert type={isHarsh ? "warning" : "info"} showIcon title={t.versions.onHosts(instances, modules)} />}
      </div>
      <Form layout="vertical" component="div">
        <Form.Item label={t.versions.reason} required={isHarsh} extra={t.versions.reasonHint}>
          <Input.TextArea
            autoFocus
            rows={2}
            maxLength={LONGEST}
            aria-label={t.versions.reason}
            value={reason}
            onChange={({ target }) => setReason(target.value)}
          />
        </Form.Item>
      </Form>
      {change.isError && <ProblemView error={change.error} />}
    </Modal>
  );
}
