// What a new package can begin as.

import { DownOutlined } from "@ant-design/icons";
import { useNavigate } from "@tanstack/react-router";
import { Button, Dropdown } from "antd";

import { useT } from "../i18n";

const PLACES = {
  file: "/packages/new/file",
  config: "/packages/new/config",
  script: "/packages/new/script",
  database: "/packages/new/database",
  archive: "/push",
} as const;

type Beginning = keyof typeof PLACES;

export function CreateMenu() {
  const t = useT();
  const navigate = useNavigate();
  const item = (key: Beginning) => ({ key, label: t.create.beginnings[key] });
  return (
    <Dropdown
      trigger={["click"]}
      menu={{
        items: [item("file"), item("config"), item("script"), item("database"), { type: "divider" }, item("archive")],
        onClick: ({ key }) => void navigate({ to: PLACES[key as Beginning] }),
      }}
    >
      <Button type="primary" icon={<DownOutlined />} iconPlacement="end">
        {t.create.menu}
      </Button>
    </Dropdown>
  );
}
