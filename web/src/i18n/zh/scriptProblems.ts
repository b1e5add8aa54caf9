// 脚本运行问题代码的中文说明。

import type { WordsOfCode } from "../serverWords";

const said =
  (title: string, hint?: string): WordsOfCode =>
  () => ({ title, hint });

export const scriptProblems: Record<string, WordsOfCode> = {
  not_a_script: said("这个包不是脚本", "请发布它，而不是运行它。"),
  output_dropped: ({ dropped_at }) => ({
    title: dropped_at ? `脚本的输出已于 ${dropped_at} 按保留规则清除` : "脚本的输出已按保留规则清除",
    hint: "各主机上的结束方式仍然保留；服务器的 `script_output_days` 与 `script_output_runs` 决定输出保留多久。",
  }),
  parameters_not_wanted: said("这个操作不接受参数", "只有运行脚本时才可以给出参数。"),
  script_blocked: said("危险命令规则不允许运行这个脚本", "请修改脚本，或请危险命令规则的维护者决定。"),
  script_not_deployable: said("脚本不能安装，只能运行", "请用 `packhorse script run` 运行它。"),
  script_not_reversible: said("脚本做过的事无法回滚", "请运行另一个能撤销它的脚本；`packhorse deployment abort` 可停止正在运行的脚本。"),
  script_parameters: said("脚本不能以这些参数运行", "请查看版本说明中的参数名称与类型；密文参数要写密码库中的名称。"),
};
