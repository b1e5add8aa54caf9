// Every text of the console, in the language that the person chose, or else their browser's.

import { createContext, use, useCallback, useEffect, useMemo, useState, type ReactNode } from "react";

import { recallOneOf, remember } from "../shell/memory";
import { en, type Dictionary } from "./en";
import type { Language } from "./format";
import { zh } from "./zh";

const DICTIONARIES: Record<Language, Dictionary> = { en, zh };

interface I18n {
  language: Language;
  setLanguage: (language: Language) => void;
  t: Dictionary;
}

const Context = createContext<I18n>({ language: "en", setLanguage: () => undefined, t: en });

function firstLanguage(): Language {
  const chosen = recallOneOf("language", ["en", "zh"]);
  return chosen ?? (navigator.languages.find((tag) => /^(en|zh)\b/i.test(tag))?.toLowerCase().startsWith("zh") ? "zh" : "en");
}

export function I18nProvider({ children }: { children: ReactNode }) {
  const [language, set] = useState<Language>(firstLanguage);
  useEffect(() => {
    document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  }, [language]);
  const setLanguage = useCallback((next: Language) => {
    remember("language", next);
    set(next);
  }, []);
  const value = useMemo(() => ({ language, setLanguage, t: DICTIONARIES[language] }), [language, setLanguage]);
  return <Context value={value}>{children}</Context>;
}

export const useI18n = () => use(Context);
export const useT = () => use(Context).t;
