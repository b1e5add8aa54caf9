// Chooses a secret of the vault, as a field of a form; one that is not there yet can be put into it from here.

import { PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Select } from "antd";
import { useState } from "react";

import { useT } from "../i18n";
import { secretChoicesQuery } from "./queries";
import { SecretDialog } from "./SecretDialog";

interface Props {
  id?: string;
  value?: string | undefined;
  onChange?: (name: string) => void;
}

export function SecretField({ id, value, onChange }: Props) {
  const t = useT();
  const [adding, setAdding] = useState(false);
  const secrets = useQuery(secretChoicesQuery);
  return (
    <div className="secret-field">
      <Select
        {...(id ? { id } : {})}
        showSearch={{ optionFilterProp: "value" }}
        value={value ?? null}
        placeholder={t.values.chooseSecret}
        loading={secrets.isFetching}
        options={(secrets.data?.items ?? []).map(({ name, description }) => ({ value: name, label: name, description }))}
        optionRender={({ data }) => (
          <span className="option-line">
            {data.label}
            <span className="faint clip">{data.description}</span>
          </span>
        )}
        onChange={(name: string | null) => name && onChange?.(name)}
      />
      <Button icon={<PlusOutlined />} onClick={() => setAdding(true)}>
        {t.vault.add}
      </Button>
      {adding && <SecretDialog onClose={() => setAdding(false)} onSaved={({ name }) => onChange?.(name)} />}
    </div>
  );
}
