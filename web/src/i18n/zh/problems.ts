// 服务器问题代码的中文说明。未列出的代码显示服务器原文。

import type { Problem } from "../../api/types";
import { lookUp, type WordsOfCode } from "../serverWords";
import { databaseProblems } from "./databaseProblems";
import { guardProblems } from "./guardProblems";
import { registryProblems } from "./registryProblems";
import { rolloutProblems } from "./rolloutProblems";
import { planProblems } from "./planProblems";
import { scriptProblems } from "./scriptProblems";
import { variableProblems } from "./variableProblems";

const missing =
  (what: string): WordsOfCode =>
  ({ which }) => ({ title: which ? `没有${what} ${which}` : `没有这个${what}`, hint: "请检查名称；它也可能已被删除。" });

const ofHost =
  (title: (host: string) => string, hint?: string): WordsOfCode =>
  ({ host }) => (host ? { title: title(host), hint } : undefined);

const STATES: Record<string, string> = {
  running: "进行中",
  paused: "已暂停",
  halted: "因失败停住",
  rolling_back: "正在回滚",
  aborting: "正在终止",
  succeeded: "已成功",
  partly_succeeded: "部分成功",
  rolled_back: "已回滚",
  aborted: "已终止",
  failed: "已失败",
  superseded: "已被取代",
};

const REJOIN = "请让主机重新加入：用 `packhorse host join-token` 生成令牌，再执行它给出的命令。";
const REPACK = "请重新打包后再推送。";

export const problems: Record<string, WordsOfCode> = {
  ...guardProblems,
  ...registryProblems,
  ...databaseProblems,
  ...rolloutProblems,
  ...planProblems,
  ...scriptProblems,
  ...variableProblems,
  attempt_not_found: missing("尝试"),
  deployment_not_found: missing("发布"),
  file_not_found: missing("文件"),
  host_not_found: missing("主机"),
  module_not_found: missing("模块"),
  package_not_found: missing("包"),
  plan_not_found: missing("计划"),
  step_not_found: missing("步骤"),
  token_not_found: missing("令牌"),
  tree_not_found: missing("目录树"),
  unit_not_found: missing("发布单元"),
  version_not_found: missing("版本"),
  asset_not_found: { title: "没有这个控制台文件", hint: "请刷新页面。" },
  route_not_found: { title: "没有这个地址" },

  unauthenticated: { title: "需要登录", hint: "请登录，或发送 API 令牌：`Authorization: Bearer ph_…`。" },
  wrong_credentials: { title: "用户名或密码错误", hint: "请检查大小写后重试。" },
  too_many_attempts: { title: "尝试次数过多", hint: "请稍后再试。" },
  no_session: { title: "没有登录会话", hint: "请重新登录。" },
  cross_site: { title: "请求来自其他网站，已拒绝", hint: "请直接使用控制台，或改用 API 令牌。" },
  token_name: { title: "令牌的用途需为 1 至 64 个字符", hint: "写明它的用途，例如 `ci`。" },
  token_expiry: { title: "令牌的有效期超出范围" },
  secret_shown: { title: "该请求已应答过，其中的机密只显示一次", hint: "若应答已丢失，请删除后重新创建。" },

  join_token: { title: "加入令牌无效、已使用或已过期", hint: "请用 `packhorse host join-token` 生成新的令牌。" },
  join_token_expiry: { title: "加入令牌的有效期超出范围" },
  host_without_module: { title: "主机至少要属于一个模块" },
  host_removed: { title: "该主机已被移除", hint: REJOIN },
  host_rejoined: { title: "该主机在此证书签发后已重新加入", hint: REJOIN },
  host_has_instances: { title: "主机上还有实例，不能移除", hint: "请先卸载这些实例。" },
  host_in_deployment: { title: "有发布正在变更该主机", hint: "请等待发布结束，或终止它。" },
  certificate_request: { title: "证书请求无法使用" },
  certificate_expired: { title: "该主机的证书已过期", hint: "代理启动时会自行续期；若失败，请看它的日志。" },
  certificate_superseded: { title: "过期的证书不是该主机的最新证书", hint: REJOIN },
  certificate_too_old: { title: "证书过期太久，不能再续期", hint: REJOIN },
  not_your_attempt: { title: "该尝试属于另一台主机" },
  output_offset: { title: "输出的位置与已收到的不符" },

  bad_body: { title: "请求内容的格式不正确" },
  bad_path: { title: "请求地址的格式不正确" },
  bad_query: { title: "查询条件的格式不正确", hint: "请清除筛选后重试。" },
  bad_cursor: { title: "分页位置无效", hint: "请回到第一页。" },
  bad_idempotency_key: { title: "Idempotency-Key 的格式不正确" },
  idempotency_key_reused: { title: "该 Idempotency-Key 已用于另一个请求", hint: "每个请求使用新的键；只有原样重复请求时才用同一个。" },
  body_cut_off: { title: "请求内容不完整", hint: "请检查网络后重试。" },
  body_too_large: { title: "请求内容过大" },
  body_too_slow: { title: "请求内容传输过慢", hint: "请检查网络后重试。" },
  range: { title: "请求的字节范围不存在" },

  busy: { title: "数据库繁忙", hint: "请稍后重试；没有任何变更。" },
  disk_full: { title: "服务器磁盘已满", hint: "请腾出空间后重试；没有任何变更。" },
  outcome_unknown: { title: "与数据库的连接中断，变更可能已保存，也可能没有", hint: "请查看结果，或用同一 Idempotency-Key 重复请求。" },
  internal: { title: "服务器出错", hint: "原因见服务器日志。" },
  not_ready: { title: "服务器尚未就绪", hint: "请稍后重试。" },
  stopping: { title: "服务器正在停止", hint: "请稍后重试。" },
  exists: { title: "同样的内容已存在" },
  in_use: { title: "还有其他内容引用它，或它引用的内容已不存在", hint: "请刷新后再看；内容刚刚发生了变化。" },

  topology_twice: { title: "拓扑中同一名称出现了两次" },
  package_kind: { title: "包的类型与已有的不一致" },
  version_exists: { title: "该版本已存在，且内容不同", hint: "版本一经发布不可更改；请使用新的版本号。" },
  version_banned: { title: "该版本已被禁用", hint: "请选择其他版本。" },
  version_yanked: { title: "该版本已被撤回", hint: "请选择其他版本。" },

  bad_strategy: { title: "发布策略不正确" },
  no_targets: { title: "没有指明目标", hint: "请选择模块、主机或标签。" },
  no_target_left: { title: "没有可发布的主机", hint: "请选择有在线主机的模块。" },
  too_many_steps: { title: "命令过多" },
  plan_outdated: { title: "计划所依据的情况已变化", hint: "请重新生成计划。" },
  plan_applied: { title: "该计划已执行过", hint: "请重新生成计划。" },
  place_taken: { title: "另一个包刚刚占用了主机上的目录", hint: "请给其中一个包设置另外的 install_root。" },
  deployment_open: { title: "同一个包在这些主机上还有进行中的发布", hint: "请等待它结束，或终止它。" },
  wrong_state: ({ state }) => ({ title: state ? `该发布${STATES[state] ?? state}，不能这样做` : "该发布当前的状态不允许这样做" }),
  nothing_failed: { title: "该发布没有失败、取消或未知的主机" },
  host_not_failed: ofHost((host) => `该发布在 ${host} 上没有失败、取消或未知`),
  attempt_open: ofHost((host) => `${host} 没有消息，上一次尝试也未结束`, "请让主机恢复，或移除它。"),
  going_back: ofHost((host) => `${host} 正在回到之前的版本`, "请等待它完成。"),
  no_hosts: { title: "没有指明要跳过的主机" },

  MANIFEST: { title: "包中的 packhorse.toml 不正确" },
  PACKAGE: { title: "包不符合规则" },
  COMMAND_MODE: { title: "生命周期脚本不可执行", hint: "请为脚本加上可执行权限，例如 `chmod +x`。" },
  NAME_EXTENSION: { title: "文件扩展名不受支持", hint: "请打包为列出的格式之一；扩展名必须与内容一致。" },
  NAME_FORM: { title: "文件名不符合“名称_版本”的形式" },
  PKG_FORMAT: { title: "文件内容与扩展名所示的格式不符", hint: "请改为真实的扩展名，或按该格式重新打包。" },
  PKG_RESERVED: { title: "包中使用了保留的名称", hint: "请改名后重新打包。" },
  PKG_PATH: { title: "包中的路径不合法", hint: "请改名，并在目录内以相对路径重新打包。" },
  PKG_DUPLICATE: { title: "包中有重复的条目", hint: "请打成新的包，不要向旧包追加。" },
  PKG_COLLISION: { title: "包中有两个名称在某些系统上相同", hint: "请改其中一个的名称。" },
  PKG_LINK: { title: "包中的链接指向包外", hint: "请使用留在包内的相对链接。" },
  PKG_SPECIAL: { title: "包中有设备、管道等特殊文件", hint: "请由安装脚本在主机上创建。" },
  PKG_SIZE: { title: "包中条目的大小与声明不符", hint: REPACK },
  PKG_UNSUPPORTED: { title: "包使用了不支持的特性", hint: REPACK },
  PKG_RATIO: { title: "包的压缩比异常", hint: "请去掉填充文件，或由安装脚本生成。" },
  PKG_LIMIT: { title: "包超出了限制", hint: "请拆分包，或请管理员提高限制。" },
  PKG_TRUNCATED: { title: "包不完整", hint: "请重新上传。" },
  PKG_TRAILING: { title: "包的末尾有多余内容", hint: REPACK },
  PKG_CORRUPT: { title: "包已损坏", hint: "请重新打包并上传。" },
  PKG_ZIP: { title: "zip 的目录与内容互相矛盾", hint: REPACK },
  PKG_EMPTY: { title: "包中没有文件", hint: "请检查打包的目录。" },
};

export const wordsFor = (problem: Problem) => lookUp(problems, problem);
