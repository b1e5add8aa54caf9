import { SettingOutlined } from "@ant-design/icons";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useRouter } from "@tanstack/react-router";
import { Button, Dropdown, Form, Input } from "antd";

import { post } from "../api/client";
import { sessionQuery } from "../api/queries";
import type { Session } from "../api/types";
import { useT } from "../i18n";
import { Mark } from "../shell/Mark";
import { usePreferenceItems } from "../shell/PreferenceItems";
import { PageHead } from "../ui/PageHead";
import { ProblemView } from "../ui/ProblemView";

interface Fields {
  user: string;
  password: string;
}

const route = getRouteApi("/sign-in");

/** Where to go back to: only into this console, whatever the address says. */
const inside = (back: string | undefined) => (back && /^\/(?![/\\])/.test(back) ? back : "/");

export function SignIn() {
  const t = useT();
  const client = useQueryClient();
  const router = useRouter();
  const { back } = route.useSearch();
  const preferences = usePreferenceItems();
  const signIn = useMutation({
    mutationFn: (fields: Fields) => post<Session>("/session", fields),
    onSuccess: (session) => {
      client.clear();
      client.setQueryData(sessionQuery.queryKey, session);
      router.history.push(inside(back));
    },
  });
  return (
    <main className="sign-in">
      <div className="sign-in-preferences">
        <Dropdown trigger={["click"]} menu={preferences}>
          <Button type="text" icon={<SettingOutlined />} aria-label={t.nav.account} />
        </Dropdown>
      </div>
      <div className="sign-in-box">
        <Mark size={40} />
        <PageHead title={t.signIn.title} />
        <Form<Fields> layout="vertical" requiredMark={false} onFinish={(fields) => signIn.mutate(fields)}>
          <Form.Item name="user" label={t.signIn.user} rules={[{ required: true, message: t.signIn.userRequired }]}>
            <Input autoFocus autoComplete="username" autoCapitalize="none" spellCheck={false} size="large" />
          </Form.Item>
          <Form.Item name="password" label={t.signIn.password} rules={[{ required: true, message: t.signIn.passwordRequired }]}>
            <Input.Password autoComplete="current-password" size="large" />
          </Form.Item>
          {signIn.isError && <ProblemView error={signIn.error} />}
          <Button type="primary" htmlType="submit" size="large" block loading={signIn.isPending}>
            {t.signIn.submit}
          </Button>
        </Form>
        <p className="sign-in-note">{t.signIn.firstTime}</p>
      </div>
    </main>
  );
}
