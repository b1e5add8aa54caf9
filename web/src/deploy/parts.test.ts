import { expect, it } from "vitest";

import { byPackage, isWhole, partOf, partText, partTexts } from "./parts";

it("reads further packages from the address, also while they are being chosen", () => {
  expect(partOf("shop-conf@2.0.0")).toEqual({ package: "shop-conf", version: "2.0.0" });
  expect(partText(partOf("shop-conf@2.0.0"))).toBe("shop-conf@2.0.0");
  expect(["@", "shop-conf@", "shop-conf"].map(partOf).some(isWhole)).toBe(false);
});

it("names all of them in the order in which they are asked for", () => {
  expect(partTexts({ package: "web", version: "1.0.0", also: [{ package: "conf", version: "2.0.0" }] })).toEqual(["web@1.0.0", "conf@2.0.0"]);
  expect(partTexts({ package: "web", also: [{ package: "conf" }] })).toEqual(["web", "conf"]);
});

it("puts together what is of one package", () => {
  const all = [{ package: "db", id: 1 }, { package: "web", id: 2 }, { package: "db", id: 3 }, { id: 4 }];
  expect(byPackage(all, "web").map(([name, of]) => [name, of.map(({ id }) => id)])).toEqual([
    ["db", [1, 3]],
    ["web", [2, 4]],
  ]);
});
