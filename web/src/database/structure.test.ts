import { describe, expect, it } from "vitest";

import { counterpart, structureOf } from "./structure";

describe("the structure of a database package", () => {
  it("is a full load and an increment with its rollback", () => {
    const paths = ["packhorse.toml", "full-load/1_fullload.sql", "increment/1.0.0_increment.sql", "increment/1.0.0_rollback.sql", "increment/0.9.0_increment.sql"];
    expect(structureOf(paths)).toEqual({
      fullLoad: "full-load/1_fullload.sql",
      increments: [
        { from: "0.9.0", to: undefined, upgrade: ["increment/0.9.0_increment.sql"], rollback: [] },
        { from: "1.0.0", to: undefined, upgrade: ["increment/1.0.0_increment.sql"], rollback: ["increment/1.0.0_rollback.sql"] },
      ],
      aside: [],
    });
  });

  it("takes from the settings what a name does not say", () => {
    expect(structureOf(["increment/1_increment.sql"], "1.4.0").increments).toEqual([
      { from: "1.4.0", to: undefined, upgrade: ["increment/1_increment.sql"], rollback: [] },
    ]);
  });

  it("is numbered files of every version so far, in their order", () => {
    const paths = ["app_v1.1/increment/10_b.sql", "app_v1.1/increment/9_a.sql", "app_v1.1/rollback/1_back.sql", "app_v1.0/increment/1_all.sql"];
    expect(structureOf(paths).increments).toEqual([
      { from: undefined, to: "1.0", upgrade: ["app_v1.0/increment/1_all.sql"], rollback: [] },
      { from: "1.0", to: "1.1", upgrade: ["app_v1.1/increment/9_a.sql", "app_v1.1/increment/10_b.sql"], rollback: ["app_v1.1/rollback/1_back.sql"] },
    ]);
  });

  it("is one file up and one down for each version", () => {
    expect(structureOf(["sql/upgrade/v1.0.1.sql", "sql/downgrade/v1.0.1.sql", "sql/upgrade/v1.0.2.sql"]).increments).toEqual([
      { from: undefined, to: "1.0.1", upgrade: ["sql/upgrade/v1.0.1.sql"], rollback: ["sql/downgrade/v1.0.1.sql"] },
      { from: "1.0.1", to: "1.0.2", upgrade: ["sql/upgrade/v1.0.2.sql"], rollback: [] },
    ]);
  });

  it("names files that have no place, and a second full load", () => {
    const paths = ["full-load/a_fullload.sql", "full-load/b_fullload.sql", "other.sql", "README.md"];
    expect(structureOf(paths)).toMatchObject({ fullLoad: "full-load/a_fullload.sql", aside: ["full-load/b_fullload.sql", "other.sql"] });
  });
});

it("knows which file belongs to which", () => {
  expect(counterpart("increment/1.0.0_increment.sql")).toBe("increment/1.0.0_rollback.sql");
  expect(counterpart("increment/1.0.0_rollback.sql")).toBe("increment/1.0.0_increment.sql");
});
