// What is deployed: a package, and one of its versions.

import { CloseOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Form, Select } from "antd";

import { versionChoicesQuery } from "../api/queries";
import { PackageSelect } from "../forms/PackageSelect";
import { useT } from "../i18n";

interface Props {
  name: string;
  version: string | undefined;
  onChange: (part: { package?: string | undefined; version?: string | undefined }) => void;
  /** It need not be there. */
  onRemove?: () => void;
}

export function PackageAndVersion({ name, version, onChange, onRemove }: Props) {
  const t = useT();
  const versions = useQuery(versionChoicesQuery(name));
  return (
    <Form layout="vertical" component="div" className={onRemove ? "fields-2 part" : "fields-2"}>
      <Form.Item label={t.deploy.package}>
        <PackageSelect
          value={name || undefined}
          label={t.deploy.packageHint}
          onChange={(chosen, found) => onChange({ package: chosen, version: found?.latest ?? undefined })}
        />
      </Form.Item>
      <Form.Item label={t.deploy.version}>
        <Select
          showSearch
          value={version ?? null}
          placeholder={t.deploy.versionHint}
          aria-label={t.deploy.version}
          disabled={!name}
          loading={versions.isFetching}
          options={versions.data?.items.map((one) => ({ value: one.version, label: one.version, note: one.description || one.build })) ?? []}
          optionRender={({ data }) => (
            <span className="option-line">
              {data.label}
              <span className="faint clip">{data.note}</span>
            </span>
          )}
          onChange={(value) => onChange({ version: value })}
        />
      </Form.Item>
      {onRemove && <Button type="text" className="part-remove" icon={<CloseOutlined />} aria-label={t.deploy.removePackage(name)} onClick={onRemove} />}
    </Form>
  );
}
