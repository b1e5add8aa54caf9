// A value of a variable as a form has it, and back. Pure.

import type { VariableValue } from "../api/types";

export type VariableType = VariableValue["type"];

export const VARIABLE_TYPES: VariableType[] = ["text", "integer", "boolean", "secret"];

/** What a form holds: a field for each type, of which one counts. */
export interface ValueFields {
  type: VariableType;
  text: string;
  integer: string;
  boolean: boolean;
  secret: string | undefined;
}

const NOTHING: ValueFields = { type: "text", text: "", integer: "", boolean: true, secret: undefined };

export function fieldsOf(value: VariableValue | undefined): ValueFields {
  switch (value?.type) {
    case undefined:
      return NOTHING;
    case "text":
      return { ...NOTHING, type: "text", text: value.value };
    case "integer":
      return { ...NOTHING, type: "integer", integer: String(value.value) };
    case "boolean":
      return { ...NOTHING, type: "boolean", boolean: value.value };
    case "secret":
      return { ...NOTHING, type: "secret", secret: value.value };
  }
}

export function valueOf({ type, text, integer, boolean, secret }: ValueFields): VariableValue {
  switch (type) {
    case "text":
      return { type, value: text };
    case "integer":
      return { type, value: Number(integer) };
    case "boolean":
      return { type, value: boolean };
    case "secret":
      return { type, value: secret ?? "" };
  }
}

/** Whether the text is a whole number that comes through JSON unchanged. */
export const isInteger = (text: string): boolean => /^-?\d+$/.test(text) && Number.isSafeInteger(Number(text));

/** Whether the text can be the name of a variable. */
export const isVariableName = (text: string): boolean => /^[\p{L}\p{N}._-]{1,128}$/u.test(text) && !text.toLowerCase().startsWith("packhorse.");
