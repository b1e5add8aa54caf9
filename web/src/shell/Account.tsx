import { LogoutOutlined, UserOutlined } from "@ant-design/icons";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Button, Dropdown } from "antd";

import { remove } from "../api/client";
import { sessionQuery } from "../api/queries";
import { useT } from "../i18n";
import { usePreferenceItems } from "./PreferenceItems";

export function Account({ collapsed }: { collapsed: boolean }) {
  const t = useT();
  const client = useQueryClient();
  const navigate = useNavigate();
  const preferences = usePreferenceItems();
  const { data: session } = useQuery(sessionQuery);
  const signOut = useMutation({
    mutationFn: () => remove("/session"),
    onSettled: async () => {
      client.clear();
      await navigate({ to: "/sign-in" });
    },
  });
  return (
    <div className="side-account">
      <Dropdown
        trigger={["click"]}
        placement="topLeft"
        menu={{
          selectedKeys: preferences.selectedKeys,
          items: [
            ...preferences.items,
            { type: "divider" },
            { key: "sign-out", icon: <LogoutOutlined />, label: t.nav.signOut, onClick: () => signOut.mutate() },
            ...(session ? [{ key: "server", disabled: true, label: t.nav.server(session.server_version) }] : []),
          ],
        }}
      >
        <Button type="text" block={!collapsed} aria-label={t.nav.account} icon={<UserOutlined />}>
          {!collapsed && <span className="side-user">{session?.user}</span>}
        </Button>
      </Dropdown>
    </div>
  );
}
