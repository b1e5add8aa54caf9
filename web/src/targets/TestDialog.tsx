// A database target is tested: its host looks into the database, and what it finds is shown here.

import { Button, Modal } from "antd";

import type { DatabaseTarget, DatabaseTest } from "../api/types";
import { useT } from "../i18n";
import { HostLink, PackageLink } from "../table/links";
import { Ago } from "../ui/Ago";
import { Facts, type Fact } from "../ui/Facts";
import { ProblemView } from "../ui/ProblemView";
import { State } from "../ui/State";
import { Waiting } from "../ui/Waiting";
import { useTargetTest } from "./queries";

export function TestDialog({ target, onClose }: { target: DatabaseTarget; onClose: () => void }) {
  const t = useT();
  const { test, error, isWaiting, again } = useTargetTest(target.name);
  return (
    <Modal
      open
      width={640}
      title={t.targets.testOf(target.name)}
      onCancel={onClose}
      footer={
        <>
          <Button disabled={isWaiting} onClick={again}>
            {t.targets.testAgain}
          </Button>
          <Button type="primary" onClick={onClose}>
            {t.common.close}
          </Button>
        </>
      }
    >
      <div className="sections">
        <p className="faint">{t.targets.testHint}</p>
        {error && <ProblemView error={error} />}
        {isWaiting && <Waiting />}
        {!isWaiting && test && <Outcome test={test} />}
      </div>
    </Modal>
  );
}

function Outcome({ test: { host, found, last_seen_at: seen } }: { test: DatabaseTest }) {
  const t = useT();
  if (!found) {
    return (
      <>
        <State tone="bad">{t.targets.unanswered(host)}</State>
        <p className="faint">
          {seen && (
            <>
              {t.targets.lastHeard} <Ago at={seen} />.{" "}
            </>
          )}
          {t.targets.unansweredHint}
        </p>
      </>
    );
  }
  const { server, ledgers, obstacle } = found;
  const facts: Fact[] = [[t.targets.host, <HostLink key="host" name={host} />]];
  if (server) facts.push([t.targets.server, server]);
  if (obstacle) facts.push([t.targets.reason, <code key="reason">{obstacle.message}</code>]);
  if (ledgers || (server && !obstacle)) facts.push([t.targets.ledgerTable, <Ledgers key="ledger" ledgers={ledgers} />]);
  return (
    <>
      <State tone={obstacle ? "bad" : "good"}>{obstacle ? t.targets.obstacles[obstacle.kind] : t.targets.usable}</State>
      {obstacle && <p>{t.targets.obstacleHints[obstacle.kind]}</p>}
      <Facts facts={facts} />
    </>
  );
}

function Ledgers({ ledgers }: { ledgers: NonNullable<DatabaseTest["found"]>["ledgers"] }) {
  const t = useT();
  if (!ledgers) return t.targets.noLedger;
  if (ledgers.length === 0) return t.database.emptyDatabase;
  return ledgers.map(({ package: name, version, stopped }) => (
    <div key={name}>
      <PackageLink name={name} /> <span className="num">{version ?? t.database.emptyDatabase}</span>
      {stopped && <State tone="bad">{t.targets.stoppedAt(stopped.script, stopped.line, stopped.statement, stopped.statements)}</State>}
    </div>
  ));
}
