import { expect, it } from "vitest";

import type { Parameter } from "../api/types";
import { defaultsOf, isNeeded, parameterFieldsOf, parametersOf } from "./parameters";

const PARAMETERS: Parameter[] = [
  { name: "DAYS", type: "integer", default: "30" },
  { name: "MODE", type: "choice", choices: ["fast", "safe"], required: true },
  { name: "DRY", type: "boolean", default: "true" },
  { name: "PASSWORD", type: "secret", required: true },
  { name: "NOTE" },
];

it("says what is not so by default", () => {
  const fields = { ...defaultsOf(PARAMETERS), MODE: "safe", DRY: "false", PASSWORD: "db-password", NOTE: "" };
  const given = parametersOf(PARAMETERS, fields);
  expect(given).toEqual({
    MODE: { type: "text", value: "safe" },
    DRY: { type: "boolean", value: false },
    PASSWORD: { type: "secret", value: "db-password" },
  });
  expect(parametersOf(PARAMETERS, parameterFieldsOf(PARAMETERS, given))).toEqual(given);
});

it("needs what has no default", () => {
  expect(PARAMETERS.filter(isNeeded).map(({ name }) => name)).toEqual(["MODE", "PASSWORD"]);
});
