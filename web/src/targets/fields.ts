// A database target as a form holds it, and as it is asked for. Pure.

import type { DatabaseTarget, DatabaseTargetSpec, DatabaseTls } from "../api/types";

export interface TargetFields extends Omit<DatabaseTargetSpec, "module" | "host" | "secret" | "tls" | "description"> {
  name: string;
  tls: DatabaseTls;
  description: string;
  module: string | undefined;
  host: string | undefined;
  secret: string | undefined;
}

export const fieldsOf = (target: DatabaseTarget | undefined): TargetFields => ({
  name: target?.name ?? "",
  module: target?.module,
  host: target?.host ?? undefined,
  engine: target?.engine ?? "postgres",
  address: target?.address ?? "",
  database: target?.database ?? "",
  user: target?.user ?? "",
  secret: target?.secret ?? undefined,
  tls: target?.tls ?? "prefer",
  authority: target?.authority ?? "",
  description: target?.description ?? "",
});

const said = (text: string | null | undefined) => text?.trim() || null;

/** What SQLite has not is left out. */
export function specOf({ module = "", host = "", engine, address, database, user, secret, tls, authority, description }: TargetFields): DatabaseTargetSpec {
  const common = { module, host, engine, database: database.trim(), description: description.trim() };
  if (engine === "sqlite") return { ...common, tls: "off" };
  return { ...common, tls, address: said(address), user: said(user), secret: said(secret), authority: tls === "verify" ? said(authority) : null };
}
