import { expect, it } from "vitest";

import { unresolvedUses } from "./unresolved";

const problem = (detail: string, code = "variables_unresolved") => unresolvedUses({ status: 422, code, title: "", detail });

it("names each place, why, and on which hosts", () => {
  const uses = problem(
    [
      "conf/shop.toml:2: [@db_host] has no value on web-1",
      "conf/shop.toml:3: [!db_password] leads to the secret shop-db, which is not in the vault on web-1, web-2",
      "conf/shop.toml:4: [@pin] is a secret: write [!pin] on web-1",
      "packhorse.toml, lifecycle.start.env.PORT: [@port] has different values in module:A/B/C and module:A/B/D on web-1, web-2, web-3, web-4, web-5 and 3 more",
      "and more",
    ].join("\n"),
  );
  expect(uses).toEqual([
    { place: "conf/shop.toml:2", token: "[@db_host]", name: "db_host", reason: { is: "none" }, hosts: "web-1", firstHost: "web-1" },
    {
      place: "conf/shop.toml:3",
      token: "[!db_password]",
      name: "db_password",
      reason: { is: "no_secret", secret: "shop-db" },
      hosts: "web-1, web-2",
      firstHost: "web-1",
    },
    { place: "conf/shop.toml:4", token: "[@pin]", name: "pin", reason: { is: "seen" }, hosts: "web-1", firstHost: "web-1" },
    {
      place: "packhorse.toml, lifecycle.start.env.PORT",
      token: "[@port]",
      name: "port",
      reason: { is: "ambiguous", scopes: "module:A/B/C and module:A/B/D" },
      hosts: "web-1, web-2, web-3, web-4, web-5 and 3 more",
      firstHost: "web-1",
    },
  ]);
});

it("leaves alone what it cannot read", () => {
  expect(problem("something new")).toBeUndefined();
  expect(problem("conf/shop.toml:2: [@db_host] has no value on web-1", "no_hosts")).toBeUndefined();
});
