// What an operation on chosen instances asks for: one deployment for each package. Pure.

import type { DeploymentRequest, Instance, Strategy } from "../api/types";

export type BulkAction = "start" | "stop" | "restart" | "uninstall";

export function requestsOf(action: BulkAction, instances: readonly Instance[], strategy: Partial<Strategy>): DeploymentRequest[] {
  const packages = [...new Set(instances.map((one) => one.package))].sort();
  return packages.map((name) => {
    const own = instances.filter((one) => one.package === name);
    return {
      action,
      package: name,
      targets: {
        modules: [...new Set(own.flatMap(({ modules }) => modules))].sort(),
        hosts: own.map(({ host_name }) => host_name),
      },
      strategy,
    };
  });
}
