// The menu entries for language and theme, on the sign-in page and in the shell alike.

import { GlobalOutlined, MoonOutlined } from "@ant-design/icons";
import type { MenuProps } from "antd";

import { useI18n } from "../i18n";
import { useAppearance } from "./Appearance";

type Items = NonNullable<MenuProps["items"]>;

export function usePreferenceItems(): { items: Items; selectedKeys: string[] } {
  const { t, language, setLanguage } = useI18n();
  const { choice, choose } = useAppearance();
  return {
    items: [
      {
        key: "language",
        icon: <GlobalOutlined />,
        label: t.nav.language,
        children: [
          { key: "language-en", label: <span lang="en">English</span>, onClick: () => setLanguage("en") },
          { key: "language-zh", label: <span lang="zh-CN">中文</span>, onClick: () => setLanguage("zh") },
        ],
      },
      {
        key: "theme",
        icon: <MoonOutlined />,
        label: t.nav.theme,
        children: [
          { key: "theme-system", label: t.nav.themeSystem, onClick: () => choose("system") },
          { key: "theme-light", label: t.nav.themeLight, onClick: () => choose("light") },
          { key: "theme-dark", label: t.nav.themeDark, onClick: () => choose("dark") },
        ],
      },
    ],
    selectedKeys: [`language-${language}`, `theme-${choice}`],
  };
}
