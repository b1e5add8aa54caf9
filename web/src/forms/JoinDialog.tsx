// Makes a one-time token for a host, shows the command to run there, and sees the host come.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Form, Input, InputNumber, Modal, Spin } from "antd";
import { useEffect } from "react";

import { post } from "../api/client";
import { ProblemError } from "../api/problem";
import { hostQuery } from "../api/queries";
import type { CreatedJoinToken, CreateJoinToken } from "../api/types";
import { useT } from "../i18n";
import { Ago } from "../ui/Ago";
import { CopyBlock } from "../ui/Copyable";
import { ProblemView } from "../ui/ProblemView";
import { ModulesField } from "./ModuleSelect";

interface Props {
  /** The name to begin with; a host of this name joins again. */
  host?: string;
  modules?: string[];
  onClose: () => void;
}

const NAME = /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,252}$/;
const POLL = 2000;

interface Made {
  host: string;
  /** How many times it had joined before; one more says that it came. */
  before: number;
  created: CreatedJoinToken;
}

export function JoinDialog({ host = "", modules = [], onClose }: Props) {
  const t = useT();
  const client = useQueryClient();
  const [form] = Form.useForm<CreateJoinToken>();
  const make = useMutation({
    mutationFn: async (fields: CreateJoinToken): Promise<Made> => {
      const known = await client.fetchQuery({ ...hostQuery(fields.host), staleTime: 0 }).catch((error: unknown) => {
        if (error instanceof ProblemError && error.problem.status === 404) return undefined;
        throw error;
      });
      const created = await post<CreatedJoinToken>("/join-tokens", fields);
      return { host: fields.host, before: known?.incarnation ?? 0, created };
    },
  });
  return (
    <Modal
      open
      width={640}
      title={t.hosts.joinTitle}
      onCancel={onClose}
      footer={
        make.data ? (
          <Button onClick={onClose}>{t.common.close}</Button>
        ) : (
          <>
            <Button onClick={onClose}>{t.common.cancel}</Button>
            <Button type="primary" loading={make.isPending} onClick={() => form.submit()}>
              {t.hosts.joinMake}
            </Button>
          </>
        )
      }
    >
      {make.data ? (
        <JoinCommand made={make.data} />
      ) : (
        <Form<CreateJoinToken>
          form={form}
          layout="vertical"
          requiredMark={false}
          initialValues={{ host, modules, expires_in_minutes: 60 }}
          onFinish={(fields) => make.mutate(fields)}
        >
          <Form.Item
            name="host"
            label={t.hosts.joinName}
            extra={t.hosts.joinNameHint}
            rules={[
              { required: true, message: t.topology.required },
              { pattern: NAME, message: t.hosts.joinNameWrong },
            ]}
          >
            <Input autoFocus spellCheck={false} autoCapitalize="none" />
          </Form.Item>
          <Form.Item
            name="modules"
            label={t.hosts.joinModules}
            extra={t.hosts.joinModulesHint}
            rules={[{ required: true, message: t.topology.required }]}
          >
            <ModulesField />
          </Form.Item>
          <Form.Item name="expires_in_minutes" label={t.hosts.joinExpires} rules={[{ required: true, message: t.topology.required }]}>
            <InputNumber min={1} max={10_080} precision={0} suffix={t.hosts.minutes} />
          </Form.Item>
        </Form>
      )}
      {make.isError && <ProblemView error={make.error} />}
    </Modal>
  );
}

function JoinCommand({ made: { host, before, created } }: { made: Made }) {
  const t = useT();
  const client = useQueryClient();
  const { data } = useQuery({
    ...hostQuery(host),
    // A host that is not there yet is what is waited for, not an error to show.
    refetchInterval: ({ state }) => ((state.data?.incarnation ?? 0) > before ? false : POLL),
  });
  const came = (data?.incarnation ?? 0) > before;
  useEffect(() => {
    if (!came) return;
    void client.invalidateQueries({ queryKey: ["hosts"] });
    void client.invalidateQueries({ queryKey: ["topology"] });
  }, [came, client]);
  return (
    <div className="sections">
      <div>
        <p>{t.hosts.joinCommand}</p>
        <CopyBlock text={created.command} label={t.hosts.joinCommand} />
        <p className="faint">
          {t.hosts.joinOnce} {t.hosts.joinUntil} <Ago at={created.expires_at} />.
        </p>
      </div>
      <Alert
        type={came ? "success" : "info"}
        showIcon
        icon={came ? undefined : <Spin size="small" />}
        title={came ? t.hosts.joinDone(host) : t.hosts.joinWaits(host)}
      />
    </div>
  );
}
