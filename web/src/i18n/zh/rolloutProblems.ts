// 发布策略、目标与结果处置的问题代码。

import type { WordsOfCode } from "../serverWords";

export const rolloutProblems: Record<string, WordsOfCode> = {
  nothing_to_promote: ({ batch }) => ({
    title: batch ? `第 ${batch} 批会在之前的批次完成后自动开始` : "下一批会自动开始",
    hint: "如需提前开始，请用“提前进行下一批”。",
  }),
  no_batch_left: { title: "该发布的所有批次都已开始" },
  other_batch: ({ batch }) => ({ title: batch ? `下一批是第 ${batch} 批` : "下一批不是它", hint: "请查看发布的当前状态。" }),
  nothing_to_resize: { title: "请说明新的批次大小，或最多可停的数量" },
  host_excluded: ({ host }) => (host ? { title: `${host} 不能参与发布` } : undefined),
  host_not_in_deployment: ({ host }) => (host ? { title: `${host} 不在该发布中` } : undefined),
  host_unchanged: ({ host }) => (host ? { title: `该发布没有改变 ${host}` } : undefined),
  unit_in_flight: ({ host }) =>
    host ? { title: `${host} 正在执行中`, hint: "请等待它结束，或回滚整个发布。" } : undefined,
  instance_moved: ({ host }) =>
    host ? { title: `${host} 上已是其他版本`, hint: "请直接发布它应有的版本。" } : undefined,
  nothing_to_take_back: { title: "没有可回滚的内容" },
  unit_not_unknown: { title: "该单元的结果是已知的" },
  bad_confirmation: { title: "确认内容不完整或自相矛盾", hint: "失败时需说明主机上现在是什么：未触碰、已恢复、已损坏或已移除。" },
  reason_too_long: { title: "原因过长", hint: "最多 1000 个字符。" },
  not_bound: ({ package: name, module }) => ({
    title: name && module ? `${name} 还没有绑定到 ${module}` : "包还没有绑定到目标模块",
    hint: "请先绑定，或在发布时同意绑定。",
  }),
  bad_parts: { title: "这些包不能放在同一次发布里", hint: "只有发布、升级和降级可以同时带多个包，每个包只能出现一次，最多 20 个。" },
  part_without_hosts: ({ package: name }) => ({
    title: name ? `目标主机中没有一台需要 ${name}` : "目标主机中没有一台需要其中一个包",
    hint: "包只会发布到它所绑定模块的主机上：请绑定它，或单独发布它。",
  }),
  parts_need_one_another: { title: "这些包互相依赖，无法确定先后次序", hint: "请去掉其中一个的依赖声明，或分次发布。" },
  database_left_out: ({ package: name, host }) => ({
    title: name && host ? `${name} 无法更新到 ${host} 所管的数据库` : "数据库包无法更新到数据库",
    hint: "其余的包依赖它：请先排除原因，或单独发布其余的包。",
  }),
  former_version_unmet: ({ package: name, host }) => ({
    title: name && host ? `${host} 无法回退：${name} 之前的版本与现在的数据库不匹配` : "之前的版本与现在的数据库不匹配，无法回退",
    hint: "请连同管理该数据库的主机一起回退，或发布与现在的数据库匹配的版本。",
  }),
  database_still_needed: ({ package: name, host }) => ({
    title: name && host ? `数据库不能回退：${host} 上的 ${name} 还需要它` : "数据库不能回退：还有应用需要它",
    hint: "请把这台主机也一起回退，或先让它使用与之前的数据库匹配的版本。",
  }),
  no_host_meant: { title: "没有主机符合目标条件", hint: "请检查标签、状态、版本与失败记录等条件。" },
  too_many_labels: { title: "标签过多", hint: "一台主机最多 64 个标签。" },
};
