import { expect, it } from "vitest";

import type { Instance } from "../api/types";
import { requestsOf } from "./bulk";

const instance = (name: string, host: string, module: string) => ({ package: name, host_name: host, modules: [module] }) as Instance;

it("makes one deployment for each package, on its own hosts only", () => {
  const requests = requestsOf(
    "restart",
    [instance("web", "a", "S/P/W"), instance("db", "b", "S/P/D"), instance("web", "c", "S/P/W")],
    { batch: "1" },
  );
  expect(requests).toEqual([
    { action: "restart", package: "db", targets: { modules: ["S/P/D"], hosts: ["b"] }, strategy: { batch: "1" } },
    { action: "restart", package: "web", targets: { modules: ["S/P/W"], hosts: ["a", "c"] }, strategy: { batch: "1" } },
  ]);
});
