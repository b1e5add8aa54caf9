// What stands around every page: the navigation, the palette's key, and the person's menu.

import { MenuFoldOutlined, MenuUnfoldOutlined, SearchOutlined } from "@ant-design/icons";
import { Outlet } from "@tanstack/react-router";
import { Button, Tooltip } from "antd";
import { lazy, Suspense, useEffect, useState } from "react";

import { useT } from "../i18n";
import { Account } from "./Account";
import { Mark } from "./Mark";
import { recallOneOf, remember } from "./memory";
import { Navigation } from "./Navigation";

const Palette = lazy(() => import("./Palette").then(({ Palette }) => ({ default: Palette })));

const NARROW = window.matchMedia("(max-width: 900px)");
const isMac = navigator.userAgent.includes("Mac");

export function Shell() {
  const t = useT();
  const [collapsed, setCollapsed] = useState(() => NARROW.matches || recallOneOf("navigation", ["narrow"]) !== undefined);
  const [palette, setPalette] = useState(false);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      setPalette((open) => !open);
    };
    const onNarrow = (event: MediaQueryListEvent) => event.matches && setCollapsed(true);
    window.addEventListener("keydown", onKey);
    NARROW.addEventListener("change", onNarrow);
    return () => {
      window.removeEventListener("keydown", onKey);
      NARROW.removeEventListener("change", onNarrow);
    };
  }, []);

  const toggle = () => {
    remember("navigation", collapsed ? "wide" : "narrow");
    setCollapsed(!collapsed);
  };
  return (
    <div className={collapsed ? "shell shell-narrow" : "shell"}>
      <a className="skip" href="#content">
        {t.common.skipToContent}
      </a>
      <aside className="side">
        <div className="brand">
          <Mark />
          {!collapsed && <span>{t.product}</span>}
          <Tooltip title={collapsed ? t.nav.expand : t.nav.collapse} placement="right">
            <Button
              type="text"
              size="small"
              className="side-toggle"
              aria-label={collapsed ? t.nav.expand : t.nav.collapse}
              icon={collapsed ? <MenuUnfoldOutlined /> : <MenuFoldOutlined />}
              onClick={toggle}
            />
          </Tooltip>
        </div>
        <Button className="side-search" aria-label={t.nav.search} icon={<SearchOutlined />} onClick={() => setPalette(true)}>
          {!collapsed && (
            <span className="side-search-words">
              <span className="side-search-text">{t.nav.search}</span>
              <kbd>{isMac ? "⌘K" : "Ctrl K"}</kbd>
            </span>
          )}
        </Button>
        <Navigation collapsed={collapsed} />
        <Account collapsed={collapsed} />
      </aside>
      <main className="content" id="content" tabIndex={-1}>
        <Outlet />
      </main>
      {palette && (
        <Suspense>
          <Palette onClose={() => setPalette(false)} />
        </Suspense>
      )}
    </div>
  );
}
