import { expect, it } from "vitest";

import { fieldsOf, specOf } from "./fields";

it("leaves out what an engine has not", () => {
  const fields = { ...fieldsOf(undefined), module: "Shop/Production/Db", host: "db-1", address: " db.example:5432 ", database: "shop", user: "shop", secret: "shop-db" };
  expect(specOf(fields)).toEqual({
    module: "Shop/Production/Db",
    host: "db-1",
    engine: "postgres",
    address: "db.example:5432",
    database: "shop",
    user: "shop",
    secret: "shop-db",
    tls: "prefer",
    authority: null,
    description: "",
  });
  expect(specOf({ ...fields, engine: "sqlite", database: "/data/shop.db" })).toEqual({
    module: "Shop/Production/Db",
    host: "db-1",
    engine: "sqlite",
    database: "/data/shop.db",
    tls: "off",
    description: "",
  });
});
