// What a package is: the first step of making one.

import { Collapse, Form, Input, InputNumber, Select } from "antd";

import type { PackageKind } from "../api/types";
import { isEdited } from "../drafts/steps";
import { useT } from "../i18n";

const ATTRIBUTES = ["arch", "base", "buildtime", "filetype", "release", "releasetag", "repoUrl", "type", "vendor"] as const;
const LAYOUTS = ["symlink", "versioned", "overwrite"] as const;

/** What lies on a host under a root of its own has a layout and an owner there; the other kinds have neither. */
export function InformationFields({ kind = "file" }: { kind?: PackageKind }) {
  const t = useT();
  const isInstalled = !isEdited(kind);
  return (
    <>
      <Form.Item name="description" label={t.settings.description}>
        <Input maxLength={500} />
      </Form.Item>
      <div className="fields-2">
        {isInstalled && (
          <>
            <Form.Item name="layout" label={t.settings.layout}>
              <Select allowClear placeholder={t.settings.layoutDefault} options={LAYOUTS.map((value) => ({ value, label: t.version.layouts[value] }))} />
            </Form.Item>
            <Form.Item name="install_root" label={t.settings.installRoot} extra={t.settings.installRootHint}>
              <Input spellCheck={false} placeholder="/data/app/…" />
            </Form.Item>
            <Form.Item name="owner" label={t.settings.owner} extra={t.settings.ownerHint}>
              <Input spellCheck={false} />
            </Form.Item>
          </>
        )}
        <Form.Item name="tags" label={t.settings.tags}>
          <Select mode="tags" open={false} suffixIcon={null} tokenSeparators={[",", " "]} />
        </Form.Item>
      </div>
      <Collapse
        ghost
        items={[
          {
            key: "more",
            label: t.settings.more,
            forceRender: true,
            children: (
              <div className="fields-2">
                {ATTRIBUTES.map((name) => (
                  <Form.Item key={name} name={["metadata", name]} label={t.settings.attributes[name]}>
                    <Input spellCheck={false} />
                  </Form.Item>
                ))}
                <Form.Item name={["metadata", "installrank"]} label={t.settings.attributes.installrank} extra={t.settings.installrankHint}>
                  <InputNumber precision={0} />
                </Form.Item>
                <Form.Item name={["metadata", "restart"]} label={t.settings.attributes.restart}>
                  <Select
                    allowClear
                    options={[
                      { value: true, label: t.settings.yes },
                      { value: false, label: t.settings.no },
                    ]}
                  />
                </Form.Item>
              </div>
            ),
          },
        ]}
      />
    </>
  );
}
