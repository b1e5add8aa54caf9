// The first step of a database package: its engine, and which SQL files it begins with.

import { Checkbox, Form, Input } from "antd";

import type { Engine } from "../api/types";
import { FULL_LOAD, incrementPath, rollbackPath } from "../database/structure";
import { begin, emptyDraft, type NewPackageFields } from "../drafts/begin";
import { useBegin } from "../drafts/useBegin";
import { useT } from "../i18n";
import { EngineField } from "../manifest/DatabaseFields";
import { DescriptionField, NewPackage } from "./NewPackage";

type DatabaseFields = NewPackageFields & { engine: Engine; user?: string; full?: boolean; from?: string };

const make = ({ engine, user, full, from, ...fields }: DatabaseFields) => {
  const start = from?.trim();
  const paths = [...(full ? [FULL_LOAD] : []), ...(start ? [incrementPath(start), rollbackPath(start)] : [])];
  return begin({
    create: emptyDraft(fields, "database"),
    files: paths.map((path) => ({ path, content: "" })),
    manifest: (before) => ({
      ...before,
      description: fields.description?.trim() ?? "",
      database: { engine, ...(user?.trim() ? { user: user.trim() } : {}) },
    }),
  });
};

export function NewDatabase() {
  const t = useT();
  const creation = useBegin(make);
  return (
    <NewPackage<DatabaseFields>
      title={t.database.title}
      note={t.database.note}
      placeholder="shop-db"
      initial={{ engine: "mysql", full: true }}
      creation={creation}
    >
      <DescriptionField />
      <div className="fields-2">
        <EngineField name="engine" />
        <Form.Item name="user" label={t.database.user}>
          <Input spellCheck={false} />
        </Form.Item>
        <Form.Item name="from" label={t.database.from} extra={t.database.fromHint}>
          <Input spellCheck={false} placeholder="1.0.0" />
        </Form.Item>
      </div>
      <Form.Item name="full" valuePropName="checked">
        <Checkbox>{t.database.fullLoadToo}</Checkbox>
      </Form.Item>
    </NewPackage>
  );
}
