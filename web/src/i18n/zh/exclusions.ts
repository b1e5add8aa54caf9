// 主机不能选为目标的原因。

import type { ExclusionCause } from "../../api/types";

type Words = (params: Record<string, string>) => string;

const EXCLUSIONS: Record<ExclusionCause["code"], Words> = {
  offline: () => "已离线：请启动其代理，或检查它能否连到服务器",
  busy: ({ package: name = "", deployment = "" }) => `${name} 的发布 ${deployment} 正在这台主机上进行：请等它结束，或终止它`,
  yanked: ({ package: name = "", version = "" }) => `${name} ${version} 已撤回，且这台主机上没有它：请选择其他版本`,
  place_occupied: ({ occupant = "", root = "" }) => `${occupant} 占用了 ${root}、其上级或其下级目录：请为其中一个另设 install_root`,
  not_installed: ({ package: name = "" }) => `这台主机上没有 ${name}：请先发布`,
  version_unknown: ({ package: name = "", version = "" }) => `上面的 ${name} ${version} 不在仓库中：请推送该版本，或手工移除该实例`,
  no_previous: ({ version = "" }) => `没有保留 ${version} 之前的版本`,
  previous_gone: ({ version = "" }) => `上一版本 ${version} 已不在仓库中：请发布其他版本`,
  not_newer: ({ from = "", to = "" }) => `现为 ${from}，而 ${to} 更旧：确需如此请用发布`,
  not_older: ({ from = "", to = "" }) => `现为 ${from}，而 ${to} 并不更旧：确需如此请用发布`,
  other_root: ({ root = "", version = "", to = "" }) => `实例位于 ${root}，而 ${version} 要放到 ${to}：请先卸载`,
  other_layout: ({ package: name = "", version = "", before = "", after = "" }) => `${name} 在这里的布局是 ${before}，而 ${version} 的布局是 ${after}：请先卸载`,
  no_command: ({ package: name = "", version = "", command = "" }) =>
    `${name} ${version} 没有 ${command} 命令：请在 packhorse.toml 中加入 lifecycle.${command}，或在包中加入 scripts/${command}.sh`,
  values_forgotten: ({ package: name = "", version = "" }) => `${name} ${version} 在这台主机上已不是原样，其渲染所用的值也已无从得知：请重新发布`,
  no_script: ({ package: name = "", version = "" }) => `${name} ${version} 不是脚本，不能运行：请发布它`,
  moved: ({ package: name = "" }) => `上面的 ${name} 与刚才所见不同：请重新预演`,
  no_room: ({ package: name = "", root = "", needed = "", free = "" }) =>
    `${name} 在 ${root} 需要 ${needed} MB，只剩 ${free} MB：请清理出空间，主机会在十分钟内上报`,
  need_missing: ({ package: name = "", version = "", need = "", database = "" }) =>
    `${name} ${version} 需要 ${need}，而所属系统的数据库中没有：请先发布 ${database}`,
  need_unmet: ({ package: name = "", version = "", need = "", target = "", has }) =>
    `${name} ${version} 需要 ${need}，而 ${target} ${has ? `现为 ${has}` : "是空的"}：请先升级到所需版本`,
  still_needed: ({ package: name = "", to = "", application = "", version = "", host = "", need = "" }) =>
    `${host} 上的 ${application} ${version} 需要 ${need}，而 ${name} 将变为 ${to}：请先把该应用换成能与之配合的版本`,
  other_engine: ({ package: name = "", version = "", target = "" }) => `${name} ${version} 是为另一种数据库编写的，与 ${target} 不符`,
  other_user: ({ package: name = "", version = "", target = "", user = "" }) =>
    `${name} ${version} 须由用户 ${user} 执行，而 ${target} 用的是另一个用户：请修改数据库目标`,
  rendered_sql: ({ package: name = "", version = "" }) => `${name} ${version} 要求替换文件中的变量，SQL 尚不支持：请从 packhorse.toml 中去掉 render`,
  no_way: ({ target = "", from, to = "" }) =>
    from ? `${target}：没有从 ${from} 到 ${to} 的增量脚本` : `${target}：空库无法变为 ${to}，既没有它的全量脚本，也没有更早的全量加增量`,
  no_way_back: ({ target = "", from = "", to = "" }) => `${target}：无法从 ${from} 退回 ${to}，该增量没有回滚脚本`,
  scripts_unknown: ({ package: name = "", version = "" }) => `推送 ${name} ${version} 时没有记录其脚本内容：请删除该版本后重新推送`,
  other_database: ({ package: name = "", target = "", module = "" }) => `它已把 ${name} 带入属于 ${module} 的 ${target}：请同时选择该模块，或让其他主机运行其中一个数据库`,
};

export function exclusionWords({ code, params = {} }: ExclusionCause): string | undefined {
  const words = Object.hasOwn(EXCLUSIONS, code) ? EXCLUSIONS[code] : undefined;
  const { part } = params;
  const said = words?.(params);
  return said && part ? `${part} 不能部署到这里：${said}` : said;
}
