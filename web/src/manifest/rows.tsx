// What adds a row to a form and takes one away.

import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Button } from "antd";

import { useT } from "../i18n";

export function AddButton({ label, onClick }: { label: string; onClick: () => void }) {
  return (
    <Button type="dashed" icon={<PlusOutlined />} onClick={onClick}>
      {label}
    </Button>
  );
}

export function RemoveButton({ onClick }: { onClick: () => void }) {
  const t = useT();
  return <Button type="text" className="field-remove" icon={<DeleteOutlined />} aria-label={t.settings.removeRow} onClick={onClick} />;
}
