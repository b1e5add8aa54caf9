// Numbers, sizes and times as people read them, in either language. Pure: now is a parameter.

export type Language = "en" | "zh";

export const LOCALES: Record<Language, string> = { en: "en", zh: "zh-CN" };

const SIZES = ["B", "kB", "MB", "GB", "TB", "PB"];

/** Decimal units, three significant digits: `1.42 MB`. */
export function formatBytes(bytes: number): string {
  let size = bytes;
  let unit = 0;
  while (size >= 999.5 && unit < SIZES.length - 1) {
    size /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
  return `${size.toFixed(digits)} ${SIZES[unit]}`;
}

export function formatNumber(value: number, language: Language): string {
  return new Intl.NumberFormat(LOCALES[language]).format(value);
}

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_557_600],
  ["month", 2_629_800],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
];

/** `3 minutes ago`, `in 20 seconds`; less than five seconds is now. */
export function formatRelative(then: number, now: number, language: Language): string {
  const seconds = Math.round((then - now) / 1000);
  const format = new Intl.RelativeTimeFormat(LOCALES[language], { numeric: "auto", style: "long" });
  if (Math.abs(seconds) < 5) return format.format(0, "second");
  const [unit, length] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? ["second", 1];
  return format.format(Math.trunc(seconds / length), unit);
}

/** The whole moment, with seconds and zone. */
export function formatExact(then: number, language: Language): string {
  return new Intl.DateTimeFormat(LOCALES[language], { dateStyle: "medium", timeStyle: "long" }).format(then);
}

const DURATIONS: Record<Language, { ms: string; s: string; min: string; h: string }> = {
  en: { ms: "ms", s: "s", min: "min", h: "h" },
  zh: { ms: "毫秒", s: "秒", min: "分", h: "小时" },
};

/** `840 ms`, `12.4 s`, `3 min 5 s`, `2 h 4 min`. */
export function formatDuration(millis: number, language: Language): string {
  const { ms, s, min, h } = DURATIONS[language];
  if (millis < 1000) return `${Math.max(0, Math.round(millis))} ${ms}`;
  if (millis < 59_950) return `${(millis / 1000).toFixed(1)} ${s}`;
  const seconds = Math.round(millis / 1000);
  const minutes = Math.floor(seconds / 60);
  const [large, unit, rest, restUnit] =
    minutes < 60 ? [minutes, min, seconds % 60, s] : [Math.floor(minutes / 60), h, minutes % 60, min];
  return rest ? `${large} ${unit} ${rest} ${restUnit}` : `${large} ${unit}`;
}

/** The first twelve characters, as the command line writes digests. */
export function shortDigest(digest: string): string {
  return digest.slice(0, 12);
}

/** The server writes clauses, for logs and terminals; on a page they stand as sentences. A name at the beginning (`shop-web`, `web1`) stays as it is. */
export function sentence(clause: string): string {
  if (!/^[\p{L}']+([ ,:;.]|$)/u.test(clause)) return clause;
  return clause.charAt(0).toUpperCase() + clause.slice(1);
}
