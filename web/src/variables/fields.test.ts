import { expect, it } from "vitest";

import type { VariableValue } from "../api/types";
import { fieldsOf, isInteger, isVariableName, valueOf } from "./fields";

it("goes from a value to a form and back", () => {
  const values: VariableValue[] = [
    { type: "text", value: " 10.0.0.5\n" },
    { type: "integer", value: -5432 },
    { type: "boolean", value: false },
    { type: "secret", value: "shop-db" },
  ];
  expect(values.map((value) => valueOf(fieldsOf(value)))).toEqual(values);
  expect(valueOf(fieldsOf(undefined))).toEqual({ type: "text", value: "" });
});

it("takes whole numbers that JSON keeps", () => {
  expect(["0", "-12", "9007199254740991"].every(isInteger)).toBe(true);
  expect(["", "1.5", "1e3", "9007199254740993"].some(isInteger)).toBe(false);
});

it("takes names that files can write", () => {
  expect(["db_host", "数据库.ip", "a-b"].every(isVariableName)).toBe(true);
  expect(["", "a b", "[x]", "Packhorse.host.ip"].some(isVariableName)).toBe(false);
});
