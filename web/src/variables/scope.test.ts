import { describe, expect, it } from "vitest";

import { isWhole, reachOf, scopeOf, scopeText } from "./scope";

describe("a scope", () => {
  it("is read as it is written", () => {
    for (const text of ["global", "environment:prod", "system:Shop/Production", "module:Shop/Production/Web", "host:web-1", "package:shop-web"]) {
      const scope = scopeOf(text);
      expect(scope && scopeText(scope)).toBe(text);
      expect(isWhole(text)).toBe(true);
    }
    expect(scopeOf("planet:earth")).toBeUndefined();
  });

  it("is whole when it says where", () => {
    expect(["", "host:", "global:x", "planet:earth"].filter(isWhole)).toEqual([]);
  });

  it("reaches what a deployment is aimed at, and little else", () => {
    const reach = (modules: string[], hosts: string[] = []) => reachOf({ package: "shop-web", targets: { modules, hosts } });
    expect(reach(["Shop/Production/Web"], ["web-1"])).toBe("module:Shop/Production/Web");
    expect(reach(["Shop/Production/Web", "Shop/Production/Api"])).toBe("system:Shop/Production");
    expect(reach(["Shop/Production/Web", "Shop/Test/Web"])).toBe("business:Shop");
    expect(reach(["Shop/Production/Web", "Bank/Production/Web"])).toBe("global");
    expect(reach([], ["web-1"])).toBe("host:web-1");
    expect(reach([], ["web-1", "web-2"])).toBe("package:shop-web");
  });
});
