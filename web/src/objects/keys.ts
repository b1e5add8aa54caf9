// Objects of ControlTier projects as addresses name them, and as patterns that mean exactly one. Pure.

import type { ObjectKey } from "../api/types";

/** `zip shop-1.0.zip`: no type has a space. */
export const keyText = ({ type, name }: ObjectKey) => `${type} ${name}`;

export function keyOf(text: string): ObjectKey | undefined {
  const at = text.indexOf(" ");
  return at > 0 && at < text.length - 1 ? { type: text.slice(0, at), name: text.slice(at + 1) } : undefined;
}

/** A regular expression that finds this text and nothing else. */
export const exactly = (text: string) => `^${text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`;
