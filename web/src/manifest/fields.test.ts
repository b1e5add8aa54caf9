import { expect, it } from "vitest";

import type { Manifest } from "../api/types";
import { fieldsOf, manifestOf } from "./fields";

const MANIFEST = {
  description: "The shop",
  layout: "symlink",
  install_root: "/data/app/shop",
  owner: "shop",
  keep: 2,
  render: ["conf/a.conf"],
  tags: ["web"],
  metadata: { vendor: "Shop", installrank: 3 },
  lifecycle: { start: { command: "bin/start.sh", args: ["--fast"], timeout: 20, user: "shop", env: { LANG: "C" } }, pre: { command: "x", args: [], env: {} } },
  process: [{ name: "shop", min: 1, max: 4, ports: [8080] }],
  health: [{ http: "http://x/", interval: 15, timeout: 5, within: 30 }, { port: 80, interval: 15, timeout: 5, within: 30 }],
  cleanup: [{ directory: "logs", action: "delete", older_than: "10d", glob: "*.log" }],
  script: {
    entry: "run.sh",
    interpreter: "bash",
    timeout: 60,
    parameter: [
      { name: "MODE", type: "choice", default: "safe", required: true, choices: ["fast", "safe"] },
      { name: "PASSWORD", type: "secret", description: "of the service", required: true },
    ],
  },
  database: { engine: "mysql", from: "1.0.0" },
} as unknown as Manifest;

it("goes into a form and back as it was, with what the form does not show", () => {
  expect(manifestOf(fieldsOf(MANIFEST), MANIFEST)).toEqual(MANIFEST);
});

it("gives a parameter no default that its type has not, and choices to a choice alone", () => {
  const parameter = [
    { name: "A", type: "secret" as const, default: "hunter2" },
    { name: "B", type: "text" as const, choices: ["x"] },
    { name: "C", type: "integer" as const, default: "many" },
    { name: " " },
  ];
  const made = manifestOf({ script: { entry: "run.sh", interpreter: "sh", parameter } }, {} as Manifest);
  expect(made.script?.parameter).toEqual([
    { name: "A", type: "secret", required: false },
    { name: "B", type: "text", required: false },
    { name: "C", type: "integer", required: false },
  ]);
});

it("keeps what is run while its field is empty", () => {
  expect(manifestOf({ script: { entry: "" } }, MANIFEST).script).toEqual(MANIFEST.script);
});

it("leaves out what was not filled in", () => {
  const made = manifestOf({ lifecycle: { start: { command: " " } }, process: [{ name: "" }], health: [{ kind: "port", value: "" }], cleanup: [{}] }, {} as Manifest);
  expect(made.lifecycle).toEqual({});
  expect([made.process, made.health, made.cleanup]).toEqual([[], [], []]);
});
