// What an operation on chosen instances asks for: one deployment for each package. Pure.

import type { DeploymentRequest, Instance, Strategy } from "../api/types";

export type BulkAction = "start" | "stop" | "restart" | "upgrade" | "downgrade" | "uninstall";

/** These bring a version, and so are about one package. */
export const BRINGS: BulkAction[] = ["upgrade", "downgrade"];

/** What is said beside the action: the version that it brings, or what becomes of data. */
export interface BulkDetail {
  version?: string | undefined;
  removesData?: boolean;
}

export function requestsOf(
  action: BulkAction,
  instances: readonly Instance[],
  strategy: Partial<Strategy>,
  { version, removesData = false }: BulkDetail = {},
): DeploymentRequest[] {
  const packages = [...new Set(instances.map((one) => one.package))].sort();
  return packages.map((name) => {
    const own = instances.filter((one) => one.package === name);
    return {
      action,
      package: name,
      ...(BRINGS.includes(action) && version ? { version } : {}),
      ...(action === "uninstall" && removesData ? { data: "remove" as const } : {}),
      targets: {
        modules: [...new Set(own.flatMap(({ modules }) => modules))].sort(),
        hosts: own.map(({ host_name }) => host_name),
      },
      strategy,
    };
  });
}
