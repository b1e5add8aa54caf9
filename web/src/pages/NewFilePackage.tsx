// The first step of a file package: what it is. Then it is a draft, with its files, commands and rules as further steps.

import { Checkbox, Form } from "antd";

import { begin, emptyDraft, type NewPackageFields } from "../drafts/begin";
import { useBegin } from "../drafts/useBegin";
import { useT } from "../i18n";
import { manifestOf, type Fields } from "../manifest/fields";
import { InformationFields } from "../manifest/InformationFields";
import { NewPackage } from "./NewPackage";

type FileFields = NewPackageFields & Fields & { directories?: boolean };

const make = ({ directories, ...fields }: FileFields) =>
  begin({
    create: { ...emptyDraft(fields, "file"), start: { with: directories ? "directories" : "empty" } },
    manifest: (before) => manifestOf(fields, before),
  });

export function NewFilePackage() {
  const t = useT();
  const creation = useBegin(make);
  return (
    <NewPackage<FileFields> title={t.newPackage.file} note={t.newPackage.fileNote} placeholder="shop-web" initial={{ directories: true }} creation={creation}>
      <InformationFields />
      <Form.Item name="directories" valuePropName="checked">
        <Checkbox>{t.newPackage.directories}</Checkbox>
      </Form.Item>
    </NewPackage>
  );
}
