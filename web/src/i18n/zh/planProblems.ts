// 计划明细与实例批量操作问题代码的中文说明。

import type { WordsOfCode } from "../serverWords";

const said =
  (title: string, hint?: string): WordsOfCode =>
  () => ({ title, hint });

export const planProblems: Record<string, WordsOfCode> = {
  bad_operation: said("这样的批量操作无法执行", "请指明要操作哪些实例：给出实例清单或筛选条件，二者择一；指定版本时只能针对一个包。"),
  change_in_the_plan_not_found: said("计划中没有这一类变更", "编号从 0 开始，请从计划列出的变更中选择。"),
  change_missing: said("没有说明要看计划中的哪些主机", "请指定变更编号，或选择未变更、已排除的主机。"),
  difference_not_found: said("计划不会改动这个文件", "请从计划列出的文件中选择。"),
  host_or_change_missing: said("没有指定主机或变更", "请指定一台主机，或一个变更编号。"),
  no_instances: said("没有符合条件的实例", "请调整筛选条件；实例列表使用同样的条件。"),
};
