import { expect, it } from "vitest";

import type { NamedStrategy, Topology } from "../api/types";
import { defaultOf } from "./defaultStrategy";

const topology = {
  businesses: [
    {
      name: "Shop",
      systems: [
        { name: "Production", environment: "prod", modules: [] },
        { name: "Test", environment: "test", modules: [] },
      ],
    },
  ],
} as unknown as Topology;

const named = (name: string, environment: NamedStrategy["environment"], isDefault: boolean) => ({ name, environment, is_default: isDefault }) as NamedStrategy;

const ALL = [named("careful", "prod", true), named("quick", "prod", false), named("plain", null, true)];

it("is that of the environment, and else that of all", () => {
  expect(defaultOf(ALL, topology, ["Shop/Production/Web", "Shop/Production/Api"])?.name).toBe("careful");
  expect(defaultOf(ALL, topology, ["Shop/Production/Web", "Shop/Test/Web"])?.name).toBe("plain");
  expect(defaultOf(ALL, topology, ["Shop/Test/Web"])?.name).toBe("plain");
  expect(defaultOf([], topology, ["Shop/Test/Web"])).toBeUndefined();
});
