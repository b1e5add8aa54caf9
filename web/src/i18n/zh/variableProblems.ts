// 变量与密码库问题代码的中文说明。

import type { WordsOfCode } from "../serverWords";

const said =
  (title: string, hint?: string): WordsOfCode =>
  () => ({ title, hint });

export const variableProblems: Record<string, WordsOfCode> = {
  attempt_ended: said("此次尝试已经结束", "新的尝试会有自己的密文。"),
  description_too_long: said("描述过长", "请缩短到 500 个字符以内。"),
  file_too_large: said("文件过大，无法显示", "请下载版本后查看。"),
  host_in_the_plan_not_found: said("计划中没有这台主机", "请从计划列出的主机中选择。"),
  key_unusable: said("密钥无法使用", "请给 packhorse.toml 指定的变量换一个值，再重新制定计划。"),
  rendered_file_not_found: said("此文件不含要替换的变量", "请从计划列出的文件中选择。"),
  scope_not_found: said("作用域所指的对象不存在", "请检查业务、系统、模块、主机或包的名称。"),
  secret_exists: said("已有同名密文", "请给它设置新值，或换一个名称。"),
  secret_gone: said("密文已不在密码库中", "请重新制定计划。"),
  secret_not_found: said("没有这个密文", "请先把它放入密码库。"),
  secret_used: said("还有变量指向此密文", "请先修改或删除这些变量。"),
  secret_value: said("密文的值不符合要求", "密文是 1 字节至 64 KiB 的文本。"),
  value_not_encrypted: said("变量的值无法为应用加密", "请缩短它的值或更换密钥，再重新制定计划。"),
  variable_changed: said("变量在此期间已被修改", "请查看现在的值，再重新设置。"),
  variable_not_found: said("没有这个变量值", "它可能已被删除。"),
  variable_value: said("变量的值不符合要求", "过长的文本请放入包的文件中。"),
  variables_unresolved: said("有变量没有值", "请用 `packhorse variable set` 给它们赋值；`packhorse variable explain` 说明值从哪里来。"),
};
