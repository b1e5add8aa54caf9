// The first step of a script: what runs it, and its text if there is one already.

import { Button, Form, Input, Select } from "antd";

import type { Interpreter } from "../api/types";
import { begin, emptyDraft, type NewPackageFields } from "../drafts/begin";
import { choose } from "../drafts/chosen";
import { useBegin } from "../drafts/useBegin";
import { useT } from "../i18n";
import { beginningOf, entryOf, INTERPRETERS } from "../script/interpreters";
import { DescriptionField, NewPackage } from "./NewPackage";

type ScriptFields = NewPackageFields & { interpreter: Interpreter; entry?: string; content?: File };

const make = ({ interpreter, entry, content, ...fields }: ScriptFields) => {
  const path = entry?.trim() || entryOf(interpreter);
  return begin({
    create: emptyDraft(fields, "script"),
    files: [{ path, content: content ?? beginningOf(interpreter), mode: "755" }],
    manifest: (before) => ({ ...before, description: fields.description?.trim() ?? "", script: { entry: path, interpreter } }),
  });
};

export function NewScript() {
  const t = useT();
  const creation = useBegin(make);
  const [form] = Form.useForm<ScriptFields>();
  const interpreter = Form.useWatch("interpreter", form) ?? "bash";
  const content = Form.useWatch("content", form);
  const fill = async () => {
    const [chosen] = await choose("files");
    if (!chosen) return;
    form.setFieldsValue({ content: chosen.file, entry: chosen.file.name });
  };
  return (
    <NewPackage<ScriptFields>
      title={t.script.title}
      note={t.script.note}
      placeholder="rotate-logs"
      initial={{ interpreter: "bash" }}
      creation={creation}
      form={form}
    >
      <DescriptionField />
      <Form.Item name="content" hidden>
        <span />
      </Form.Item>
      <div className="fields-2">
        <Form.Item name="interpreter" label={t.script.interpreter}>
          <Select options={INTERPRETERS.map((value) => ({ value, label: t.script.interpreters[value] }))} />
        </Form.Item>
        <Form.Item name="entry" label={t.script.entry} extra={content ? t.create.chosen(content.name) : t.create.written}>
          <Input
            spellCheck={false}
            placeholder={entryOf(interpreter)}
            suffix={
              <Button size="small" onClick={() => void fill()}>
                {t.create.chooseFile}
              </Button>
            }
          />
        </Form.Item>
      </div>
    </NewPackage>
  );
}
