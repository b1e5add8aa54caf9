import { expect, it } from "vitest";

import { groupsOf } from "./affected";

it("puts together what one deployment reaches", () => {
  const at = (host: string, version: string, name = "shop-web") => ({ host, version, package: name });
  expect(groupsOf([at("web-1", "1.0.0"), at("web-2", "1.0.1"), at("web-3", "1.0.0"), at("web-1", "1.0.0", "shop-api")])).toEqual([
    { package: "shop-web", version: "1.0.0", hosts: ["web-1", "web-3"] },
    { package: "shop-web", version: "1.0.1", hosts: ["web-2"] },
    { package: "shop-api", version: "1.0.0", hosts: ["web-1"] },
  ]);
});
