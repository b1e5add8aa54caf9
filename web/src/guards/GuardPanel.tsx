// What people said to a deployment, and what holds it before it begins: approvals, a freeze, its time. With the words that let it go on.

import { useQuery } from "@tanstack/react-query";
import { Button, Form, Input, Modal } from "antd";
import { useState } from "react";

import { sessionQuery } from "../api/queries";
import type { DeploymentDetail, Waiting } from "../api/types";
import { useIntervention } from "../deploy/useIntervention";
import { useT } from "../i18n";
import { ButtonLink } from "../shell/ButtonLink";
import { Ago } from "../ui/Ago";
import { Facts, type Fact } from "../ui/Facts";
import { Panel } from "../ui/Panel";
import { ProblemView } from "../ui/ProblemView";
import type { GuardTab } from "./tabs";

type Word = "approve" | "reject" | "start" | "override-freeze";

/** What lets a deployment go on that waits so. */
const WORDS: Partial<Record<Waiting["waits_for"], Word[]>> = { approval: ["approve", "reject"], schedule: ["start"], freeze: ["override-freeze"] };

/** What waits for rails is let go by changing these. */
const RAILS: Partial<Record<Waiting["waits_for"], GuardTab>> = { lock: "locks", freeze: "freezes", approval: "environments", turn: "environments" };
/** What the one who started it cannot say. */
const OF_OTHERS: Word[] = ["approve", "reject"];

export function GuardPanel({ deployment }: { deployment: DeploymentDetail }) {
  const t = useT();
  const [asked, setAsked] = useState<Word>();
  const session = useQuery(sessionQuery);
  const { guarded, waiting, summary } = deployment;
  if (!guarded) return null;
  const isOwn = session.data?.user === summary.creator;
  const possible = waiting.flatMap((one) => WORDS[one.waits_for] ?? []);
  const words = possible.filter((word) => !(isOwn && OF_OTHERS.includes(word)));
  const needsOthers = possible.length > words.length;
  const rails = [...new Set(waiting.flatMap((one) => RAILS[one.waits_for] ?? []))];
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
  if (facts.length === 0 && possible.length === 0 && rails.length === 0) return null;
  return (
    <Panel
      title={t.guards.title}
      extra={
        <span className="row-actions">
          {rails.map((tab) => (
            <ButtonLink key={tab} look="text" to="/guard-rails" search={{ tab }}>
              {t.guards.tabs[tab]}
            </ButtonLink>
          ))}
          {words.map((word) => (
            <Button key={word} type={word === "approve" ? "primary" : "default"} danger={word === "reject"} onClick={() => setAsked(word)}>
              {t.guards.words[word]}
            </Button>
          ))}
        </span>
      }
    >
      {facts.length > 0 ? <Facts facts={facts} /> : <p className="faint">{guarded.begun_at ? t.guards.heldMeanwhile : t.guards.held}</p>}
      {needsOthers && <p className="faint">{t.guards.needsOthers}</p>}
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
