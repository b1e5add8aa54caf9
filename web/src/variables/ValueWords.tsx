// A value of a variable, or the secret of the vault that it leads to.

import { LockOutlined } from "@ant-design/icons";
import { Link } from "@tanstack/react-router";

import type { VariableValue } from "../api/types";
import { useT } from "../i18n";

export function ValueWords({ value }: { value: VariableValue }) {
  const t = useT();
  if (value.type === "secret") return <SecretLink name={value.value} />;
  const text = String(value.value);
  return text === "" ? <span className="faint">{t.values.empty}</span> : <code className="variable-value">{text}</code>;
}

export function SecretLink({ name }: { name: string }) {
  const t = useT();
  return (
    <Link className="entity" to="/vault" search={{ secret: name }} title={t.values.leadsTo(name)}>
      <LockOutlined aria-label={t.values.types.secret} /> {name}
    </Link>
  );
}
