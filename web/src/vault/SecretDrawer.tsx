// One secret: everything but what it says, and who changed it when.

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, Drawer, Skeleton } from "antd";

import type { AuditEntry, Secret } from "../api/types";
import { useT } from "../i18n";
import { Ago } from "../ui/Ago";
import { Facts } from "../ui/Facts";
import { ProblemView } from "../ui/ProblemView";
import { secretChangesQuery, secretQuery } from "./queries";

interface Props {
  name: string;
  onChange: (secret: Secret) => void;
  onRemove: (secret: Secret) => void;
  onClose: () => void;
}

export function SecretDrawer({ name, onChange, onRemove, onClose }: Props) {
  const t = useT();
  const secret = useQuery(secretQuery(name));
  const actions = secret.data && (
    <span className="row-actions">
      <Button onClick={() => onChange(secret.data)}>{t.vault.change}</Button>
      <Button danger onClick={() => onRemove(secret.data)}>
        {t.common.remove}
      </Button>
    </span>
  );
  return (
    <Drawer open size={560} title={name} extra={actions} onClose={onClose}>
      {secret.isPending && <Skeleton active />}
      {secret.isError && <ProblemView error={secret.error} onRetry={() => void secret.refetch()} />}
      {secret.data && (
        <div className="sections">
          <Facts
            facts={[
              [t.values.description, secret.data.description || <span className="faint">{t.common.none}</span>],
              [t.vault.version, secret.data.version],
              [t.vault.usedBy, t.vault.variables(secret.data.used_by)],
              [t.vault.created, <Ago key="c" at={secret.data.created_at} />],
            ]}
          />
          <section>
            <h3>{t.vault.changes}</h3>
            <Changes name={name} />
          </section>
        </div>
      )}
    </Drawer>
  );
}

const versionOf = ({ detail }: AuditEntry): string => {
  const { version } = (detail ?? {}) as { version?: unknown };
  return typeof version === "number" ? String(version) : "";
};

function Changes({ name }: { name: string }) {
  const t = useT();
  const changes = useQuery(secretChangesQuery(name));
  if (changes.isPending) return <Skeleton active paragraph={{ rows: 2 }} />;
  if (changes.isError) return <ProblemView error={changes.error} onRetry={() => void changes.refetch()} />;
  return (
    <>
      <ul className="secret-changes">
        {changes.data.map((entry) => (
          <li key={entry.sequence}>
            <span className="num">{t.vault.versionOf(versionOf(entry))}</span>
            <span>{entry.actor}</span>
            <Ago at={entry.at} />
          </li>
        ))}
      </ul>
      <Link to="/audit" search={{ object: name }}>
        {t.vault.inAudit}
      </Link>
    </>
  );
}
