// What people said to a deployment, and what holds it before it begins: approvals, a freeze, its time. With the words that let it go on.

import { Button, Form, Input, Modal } from "antd";
import { useState } from "react";

import type { DeploymentDetail, Waiting } from "../api/types";
import { useIntervention } from "../deploy/useIntervention";
import { useT } from "../i18n";
import { Ago } from "../ui/Ago";
import { Facts, type Fact } from "../ui/Facts";
import { Panel } from "../ui/Panel";
import { ProblemView } from "../ui/ProblemView";

type Word = "approve" | "reject" | "start" | "override-freeze";

/** What lets a deployment go on that waits so. */
const WORDS: Partial<Record<Waiting["waits_for"], Word[]>> = { approval: ["approve", "reject"], schedule: ["start"], freeze: ["override-freeze"] };

export function GuardPanel({ deployment }: { deployment: DeploymentDetail }) {
  const t = useT();
  const [asked, setAsked] = useState<Word>();
  const { guarded, waiting } = deployment;
  if (!guarded) return null;
  const words = waiting.flatMap((one) => WORDS[one.waits_for] ?? []);
  const facts: Fact[] = [
    ...guarded.approvals.map(
      ({ user, comment, at }): Fact => [
        t.guards.approvedBy(user),
        <>
          <Ago at={at} /> {comment}
        </>,
      ],
    ),
    ...(guarded.not_before ? [[t.guards.notBefore, <Ago key="n" at={guarded.not_before} />] satisfies Fact] : []),
    ...(guarded.freeze_override
      ? [[t.guards.overriddenBy(guarded.freeze_override.by), guarded.freeze_override.reason] satisfies Fact]
      : []),
    ...(guarded.ended_because ? [[t.guards.endedBecause, guarded.ended_because] satisfies Fact] : []),
  ];
  if (facts.length === 0 && words.length === 0) return null;
  return (
    <Panel
      title={t.guards.title}
      extra={
        <span className="row-actions">
          {words.map((word) => (
            <Button key={word} type={word === "approve" ? "primary" : "default"} danger={word === "reject"} onClick={() => setAsked(word)}>
              {t.guards.words[word]}
            </Button>
          ))}
        </span>
      }
    >
      {facts.length > 0 ? <Facts facts={facts} /> : <p className="faint">{t.guards.held}</p>}
      {asked && <Question word={asked} deployment={deployment} onClose={() => setAsked(undefined)} />}
    </Panel>
  );
}

interface QuestionProps {
  word: Word;
  deployment: DeploymentDetail;
  onClose: () => void;
}

function Question({ word, deployment: { summary, plan }, onClose }: QuestionProps) {
  const t = useT();
  const [form] = Form.useForm<{ text: string }>();
  const act = useIntervention(summary.id, onClose);
  // The plan that was looked at is what is approved.
  const send = ({ text }: { text: string }) => {
    if (word === "start") act.mutate({ verb: word });
    else act.mutate({ verb: word, body: word === "override-freeze" ? { reason: text.trim() } : { comment: text.trim(), plan } });
  };
  const isNeeded = word === "override-freeze" || word === "reject";
  return (
    <Modal
      open
      title={`${t.guards.words[word]}: ${summary.package}`}
      okText={t.guards.words[word]}
      okButtonProps={{ danger: word === "reject" }}
      cancelText={t.common.cancel}
      confirmLoading={act.isPending}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <p className="dialog-lead">{t.guards.wordTexts[word]}</p>
      <Form form={form} layout="vertical" requiredMark={false} initialValues={{ text: "" }} onFinish={send}>
        {word !== "start" && (
          <Form.Item name="text" label={t.guards.why} rules={isNeeded ? [{ required: true, whitespace: true, message: t.topology.required }] : []}>
            <Input.TextArea autoFocus autoSize={{ minRows: 2 }} maxLength={500} />
          </Form.Item>
        )}
      </Form>
      {act.isError && <ProblemView error={act.error} />}
    </Modal>
  );
}
