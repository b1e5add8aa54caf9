// Light or dark: as the person chose, or else as their system is; and without motion where the system asks for that. Hands AntD its theme and
// its texts.

import { App as AntApp, ConfigProvider } from "antd";
import enUS from "antd/locale/en_US";
import zhCN from "antd/locale/zh_CN";
import { createContext, use, useCallback, useEffect, useMemo, useState, useSyncExternalStore, type ReactNode } from "react";

import { useI18n } from "../i18n";
import { themeOf, type Appearance, type Motion } from "../theme";
import { recallOneOf, remember } from "./memory";

export type Choice = Appearance | "system";

interface Value {
  choice: Choice;
  choose: (choice: Choice) => void;
}

const Context = createContext<Value>({ choice: "system", choose: () => undefined });

const dark = window.matchMedia("(prefers-color-scheme: dark)");
const still = window.matchMedia("(prefers-reduced-motion: reduce)");

/** Whether the system has the preference, as it is now. */
function usePreference(preference: MediaQueryList): boolean {
  const subscribe = useCallback(
    (changed: () => void) => {
      preference.addEventListener("change", changed);
      return () => preference.removeEventListener("change", changed);
    },
    [preference],
  );
  return useSyncExternalStore(subscribe, () => preference.matches);
}

export function AppearanceProvider({ children }: { children: ReactNode }) {
  const { language } = useI18n();
  const system: Appearance = usePreference(dark) ? "dark" : "light";
  const motion: Motion = usePreference(still) ? "still" : "gliding";
  const [choice, setChoice] = useState<Choice>(() => recallOneOf("theme", ["system", "light", "dark"]) ?? "system");
  const choose = useCallback((next: Choice) => {
    remember("theme", next);
    setChoice(next);
  }, []);
  const appearance = choice === "system" ? system : choice;
  useEffect(() => {
    document.documentElement.dataset["theme"] = appearance;
  }, [appearance]);
  const value = useMemo(() => ({ choice, choose }), [choice, choose]);
  return (
    <Context value={value}>
      <ConfigProvider theme={themeOf(appearance, motion)} locale={language === "zh" ? zhCN : enUS} button={{ autoInsertSpace: false }}>
        <AntApp className="app" notification={{ placement: "bottomRight" }} message={{ top: 12 }}>
          {children}
        </AntApp>
      </ConfigProvider>
    </Context>
  );
}

export const useAppearance = () => use(Context);
