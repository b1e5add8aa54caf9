// 数据库目标与数据库包发布的问题代码的中文说明。

import type { WordsOfCode } from "../serverWords";

const said =
  (title: string, hint?: string): WordsOfCode =>
  () => ({ title, hint });

export const databaseProblems: Record<string, WordsOfCode> = {
  database_target: said("数据库目标的内容不正确", "docs/database.md 说明数据库目标由什么组成。"),
  database_target_exists: said("已有同名数据库目标", "请修改它，或换一个名称。"),
  database_target_not_found: said("没有这个数据库目标", "请检查名称；它也可能已被删除。"),
  database_target_without_host: said("没有主机为此数据库执行脚本", "执行脚本的主机已被移除，请为数据库目标指定另一台主机。"),
  database_host_offline: ({ host }) => ({
    title: host ? `执行脚本的主机 ${host} 不在线` : "执行脚本的主机不在线",
    hint: "请检查其代理是否运行并能连接服务器，或为数据库目标指定另一台主机。",
  }),
  database_test_not_found: said("没有这次连接测试", "请再次测试；较新的测试会取代较早的测试。"),
  database_test_over: said("连接测试已过期", "主机须在一分钟内回答，请再次测试。"),
  not_your_database_test: said("连接测试不属于此主机"),
  no_database_targets: said("发布的目标没有数据库", "请用 `packhorse database-target add` 说明数据库在哪里。"),
  no_way_back: said("没有脚本可以退回", "请改正失败的原因后重试，或恢复数据库的备份；失败时请选择停住而不是回滚。"),
  secret_used_by_databases: said("还有数据库目标以此密文为密码", "请先给这些数据库目标换一个密文，或删除它们。"),
};
