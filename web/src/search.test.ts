import { describe, expect, it } from "vitest";

import { oneOf, paging, parseSearch, stringifySearch, text, texts } from "./search";

describe("addresses", () => {
  it("keep texts as they are, versions too", () => {
    const search = { package: "shop-web", version: "1.0", modules: ["Shop/Production/Web", "支付/生产/网关"] };
    expect(parseSearch(stringifySearch(search))).toEqual(search);
    expect(stringifySearch({ a: undefined, b: "", c: 3 })).toBe("?c=3");
    expect(stringifySearch({})).toBe("");
  });

  it("leave out what makes no sense", () => {
    const search = parseSearch("?state=odd&limit=7&cursor=abc&x=1&x=2");
    expect(oneOf(search, "state", ["running", "stopped"])).toBeUndefined();
    expect(paging(search)).toEqual({ cursor: "abc", limit: undefined, sort: undefined });
    expect(text(search, "x")).toBe("2");
    expect(texts(search, "x")).toEqual(["1", "2"]);
    expect(texts(search, "y")).toBeUndefined();
  });
});
