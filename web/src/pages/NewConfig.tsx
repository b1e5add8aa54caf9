// The first step of a config package: its files and where each of them goes. Their texts come in the editor, or are uploaded here.

import { Button, Form, Input } from "antd";

import { placed, type PlaceFields } from "../config/place";
import { TargetFields } from "../config/PlaceForm";
import { begin, emptyDraft, type NewPackageFields } from "../drafts/begin";
import { choose } from "../drafts/chosen";
import { useBegin } from "../drafts/useBegin";
import { useT } from "../i18n";
import { AddButton, RemoveButton } from "../manifest/rows";
import { DescriptionField, NewPackage } from "./NewPackage";

type ConfigFields = NewPackageFields & { files: (PlaceFields & { content?: File })[] };

const make = (fields: ConfigFields) =>
  begin({
    create: emptyDraft(fields, "config"),
    files: fields.files.map(({ file, content }) => ({ path: file.trim(), content: content ?? "" })),
    manifest: (before) => ({ ...before, description: fields.description?.trim() ?? "", config: fields.files.map(placed) }),
  });

export function NewConfig() {
  const t = useT();
  const creation = useBegin(make);
  const [form] = Form.useForm<ConfigFields>();
  return (
    <NewPackage<ConfigFields>
      title={t.config.title}
      note={t.config.note}
      placeholder="shop-conf"
      initial={{ files: [{ file: "", target: "" }] }}
      creation={creation}
      form={form}
    >
      <DescriptionField />
      <h3>{t.config.files}</h3>
      <Form.List name="files">
        {(rows, { add, remove }) => (
          <>
            {rows.map((row) => (
              <fieldset key={row.key} className="file-fields">
                <FileFields index={row.name} />
                {rows.length > 1 && <RemoveButton onClick={() => remove(row.name)} />}
              </fieldset>
            ))}
            <div className="form-actions">
              <AddButton label={t.create.addFile} onClick={() => add({ file: "", target: "" })} />
            </div>
          </>
        )}
      </Form.List>
    </NewPackage>
  );
}

function FileFields({ index }: { index: number }) {
  const t = useT();
  const form = Form.useFormInstance<ConfigFields>();
  const content = Form.useWatch<File | undefined>(["files", index, "content"], form);
  const fill = async () => {
    const [chosen] = await choose("files");
    if (!chosen) return;
    form.setFieldValue(["files", index, "content"], chosen.file);
    if (!form.getFieldValue(["files", index, "file"])) form.setFieldValue(["files", index, "file"], chosen.file.name);
  };
  return (
    <>
      {/* Holds the chosen file; it has nothing to show of its own. */}
      <Form.Item name={[index, "content"]} hidden>
        <span />
      </Form.Item>
      <Form.Item
        name={[index, "file"]}
        label={t.config.file}
        rules={[{ required: true, whitespace: true, message: t.config.fileNeeded }]}
        extra={content ? t.create.chosen(content.name) : t.create.written}
      >
        <Input
          spellCheck={false}
          placeholder="shop.yaml"
          suffix={
            <Button size="small" onClick={() => void fill()}>
              {t.create.chooseFile}
            </Button>
          }
        />
      </Form.Item>
      <TargetFields within={index} />
    </>
  );
}
