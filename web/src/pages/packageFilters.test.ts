import { expect, test } from "vitest";

import { queryText } from "../api/client";
import { attribute, packageQuery } from "./packageFilters";

test("an attribute has a name and a value", () => {
  expect(attribute("arch=x86_64")).toEqual(["arch", "x86_64"]);
  expect(attribute("url=http://a?b=c")).toEqual(["url", "http://a?b=c"]);
  expect([attribute("arch"), attribute("=x"), attribute("arch=")]).toEqual([undefined, undefined, undefined]);
});

test("filters are asked for as the API names them", () => {
  expect(queryText(packageQuery({ search: "支付", tag: ["a", "b"], meta: ["arch=x", "arch=y", "wrong"] }))).toBe(
    "?search=%E6%94%AF%E4%BB%98&tag=a&tag=b&meta.arch=x&meta.arch=y",
  );
});
