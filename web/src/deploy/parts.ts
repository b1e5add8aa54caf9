// The packages that a deployment brings together; it is named by the first of them. Pure.

import type { SpecPart } from "../api/types";

interface Several {
  package: string;
  version?: string | null;
  also?: readonly SpecPart[];
}

/** Further packages as an address has them, each as far as it is chosen: `shop-conf@2.0.0`. */
export function partOf(text: string): SpecPart {
  const [name = "", ...version] = text.split("@");
  return { package: name, version: version.join("@") };
}

export const partText = ({ package: name, version }: SpecPart): string => `${name}@${version ?? ""}`;

export const isWhole = (part: SpecPart): boolean => part.package !== "" && !!part.version;

/** All of them, in words as they are asked for: `shop-web@1.0.0`. */
export const partTexts = ({ package: name, version, also = [] }: Several): string[] => [{ package: name, version }, ...also].map((part) => (part.version ? partText(part) : part.package));

/** Their names alone. */
export const partNames = ({ package: name, also = [] }: Several): string[] => [name, ...also.map((part) => part.package)];

export const isSeveral = ({ also }: Pick<Several, "also">): boolean => (also?.length ?? 0) > 0;

/** What belongs to each package, in the order in which the first of it comes; `fallback` is that of what names none. */
export function byPackage<T extends { package?: string | null }>(all: readonly T[], fallback: string): [string, T[]][] {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const name = one.package ?? fallback;
    groups.set(name, [...(groups.get(name) ?? []), one]);
  }
  return [...groups];
}
