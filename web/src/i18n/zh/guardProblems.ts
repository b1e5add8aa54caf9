// 发布护栏、命名策略与用户问题代码的中文说明。

import type { WordsOfCode } from "../serverWords";

const said =
  (title: string, hint?: string): WordsOfCode =>
  () => ({ title, hint });

export const guardProblems: Record<string, WordsOfCode> = {
  already_begun: said("发布已经开始或结束", "进行中的发布仍可暂停或回滚。"),
  bad_environment: said("环境规则不符合要求", "审批人数为 0 至 10，同时进行的发布数为 1 至 1000。"),
  bad_freeze: said("封网时段不成立", "结束须晚于开始；每周封网至少要选一天。"),
  bad_password: said("密码不符合要求", "密码至少 12 个字符，至多 1024 字节。"),
  bad_remark: said("说明不符合要求", "请控制在 500 个字符以内，且不含控制字符。"),
  bad_schedule: said("计划时间过远", "请选择 366 天以内的时间。"),
  deployment_ended: said("发布已经结束", "请新建一个发布。"),
  freeze_not_found: ({ which }) => ({ title: which ? `没有封网 ${which}` : "没有这个封网", hint: "它可能已被删除。" }),
  lock_not_found: said("没有这个发布锁", "它可能已被解除。"),
  no_approval_needed: said("此发布不需要审批", "哪些环境需要审批，见环境规则。"),
  not_scheduled: said("此发布没有在等待计划时间", "发布详情说明它在等待什么。"),
  own_deployment: said("不能审批自己发起的发布", "请由另一个人审批；您可以终止它。"),
  plan_changed: said("发布的计划已不是您看过的那一个", "请查看当前的计划后再审批。"),
  remark_missing: said("请说明原因", "其他人会看到它。"),
  strategy_not_found: ({ which }) => ({ title: which ? `没有策略 ${which}` : "没有这个策略", hint: "它可能已被删除。" }),
  strategy_of_other_environment: said("策略不适用于目标所在的环境", "请选择其他策略，或将此策略保存为适用于任何环境。"),
  too_many_freezes: said("封网过多", "请删除已经过期的封网。"),
  too_many_locks: said("发布锁过多", "请解除不再需要的锁。"),
  user_exists: ({ name }) => ({ title: name ? `已有用户 ${name}` : "已有同名用户", hint: "请换一个名称。" }),
};
