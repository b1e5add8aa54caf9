// 数据库包的执行目标。

import type { targets as English } from "../en/targets";

export const targets: typeof English = {
  targets: {
    title: "数据库",
    intro: "数据库包在哪里执行，由哪台主机执行。",
    name: "数据库目标",
    add: "添加数据库",
    host: "执行主机",
    hostHint: "执行脚本的主机，须能连接数据库。",
    noHost: "执行主机已被移除",
    database: "数据库名",
    file: "主机上的文件",
    address: "地址",
    password: "密码",
    tls: "加密连接",
    tlsModes: { off: "关闭", prefer: "服务器支持时使用", require: "始终使用", verify: "始终使用，并验证服务器" },
    authority: "服务器证书的颁发机构",
    ledger: "已执行",
    neverLooked: "尚未查看",
    stoppedAt: (script, line, statement, statements) => `停在 ${script} 第 ${line} 行，第 ${statement} 条语句，共 ${statements} 条`,
    removeText: "数据库本身及其台账不变。",
    empty: "还没有数据库",
    emptyHint: "数据库包发布到模块的数据库。",
  },
};
