// What a new package can begin as.

import { DownOutlined } from "@ant-design/icons";
import { Link } from "@tanstack/react-router";
import { Button, Dropdown } from "antd";

import { useT } from "../i18n";

export function CreateMenu() {
  const t = useT();
  return (
    <Dropdown
      trigger={["click"]}
      menu={{
        items: [
          { key: "file", label: <Link to="/packages/new/file">{t.create.file}</Link> },
          { key: "config", label: <Link to="/packages/new/config">{t.create.config}</Link> },
          { key: "script", label: <Link to="/packages/new/script">{t.create.script}</Link> },
          { key: "database", label: <Link to="/packages/new/database">{t.create.database}</Link> },
          { type: "divider" },
          { key: "archive", label: <Link to="/push">{t.create.archive}</Link> },
        ],
      }}
    >
      <Button type="primary" icon={<DownOutlined />} iconPlacement="end">
        {t.create.menu}
      </Button>
    </Dropdown>
  );
}
