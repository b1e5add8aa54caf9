// 预演提示的中文说明。未列出的代码显示服务器原文。

import type { Caution } from "../../api/types";
import { count, names } from "./words";

type Words = (params: Record<string, string>, hosts: string) => string;

const CAUTIONS: Record<Caution["code"], Words> = {
  nothing_to_do: () => "没有任何变更",
  downgrade: ({ from = "", to = "" }, hosts) => `${to} 比 ${hosts} 上的 ${from} 旧`,
  unhealthy: ({ limit }, hosts) => `${hosts} 现在就不健康${limit ? `，计入最多 ${limit} 个不可用` : ""}`,
  unproven: (_, hosts) => `没有健康检查或验证命令能说明新版本在 ${hosts} 上可用`,
  version_unknown: (_, hosts) => `${hosts} 上运行的版本不在仓库中`,
  not_bound: ({ package: name = "包", module = "" }) => `${name} 还没有绑定到 ${module}，执行预演时会绑定`,
  drift: ({ files = "" }, hosts) => `${hosts} 上共有 ${files} 个文件与发布的不同`,
  danger: ({ finding = "" }) => `脚本中有危险之处:${finding}`,
  unresolved_variable: ({ variable = "", place = "", more = "" }, hosts) => (more ? `还有 ${more} 处变量没有值` : `${place} 中的变量 ${variable} 在 ${hosts} 上没有值`),
  data_removed: ({ path = "" }, hosts) => `${hosts} 上的 ${path} 及其全部内容将被删除`,
};

export function cautionWords({ code, params = {}, hosts = [], host_count: total = hosts.length }: Caution): string | undefined {
  const words = Object.hasOwn(CAUTIONS, code) ? CAUTIONS[code] : undefined;
  return words?.(params, total > hosts.length ? `${hosts.slice(0, 3).join("、")} 等 ${count(total)} 台主机` : names(hosts));
}
