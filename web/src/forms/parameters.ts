// What a script is given, as a form holds it and as it is asked for. Pure.

import type { Parameter, VariableValue } from "../api/types";

/** By the names of parameters. A secret is the name of one in the vault. */
export type ParameterFields = Record<string, string | undefined>;

export const defaultsOf = (parameters: readonly Parameter[]): ParameterFields =>
  Object.fromEntries(parameters.filter(({ type }) => type !== "secret").map((one) => [one.name, one.default ?? undefined]));

/** Whether a person has to say something. */
export const isNeeded = ({ required = false, default: standard }: Parameter): boolean => required && standard == null;

function valueOf(type: Parameter["type"], text: string): VariableValue {
  switch (type) {
    case "integer":
      return { type, value: Number(text) };
    case "boolean":
      return { type, value: text === "true" };
    case "secret":
      return { type, value: text };
    case "text":
    case "choice":
    case undefined:
      return { type: "text", value: text };
  }
}

/** What is asked for: what is left empty, or is as it is by default, is not said. */
export const parametersOf = (parameters: readonly Parameter[], fields: ParameterFields): Record<string, VariableValue> =>
  Object.fromEntries(
    parameters.flatMap(({ name, type, default: standard }) => {
      const text = fields[name];
      return text === undefined || text === "" || text === standard ? [] : [[name, valueOf(type, text)]];
    }),
  );

/** The other way round: what an earlier plan was asked for, over the defaults. */
export const parameterFieldsOf = (parameters: readonly Parameter[], given: Record<string, VariableValue>): ParameterFields => ({
  ...defaultsOf(parameters),
  ...Object.fromEntries(Object.entries(given).map(([name, { value }]) => [name, String(value)])),
});
