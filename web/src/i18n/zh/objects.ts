// ControlTier 项目的对象与导入。

import type { objects as English } from "../en/objects";
import { count } from "./words";

export const objects: typeof English = {
  objects: {
    title: "项目对象",
    intro: "ControlTier 的 project.xml 所描述的内容：节点、设置、包与部署。",
    type: "类型",
    name: "名称",
    element: "种类",
    elements: { node: "节点", setting: "设置", package: "包", deployment: "部署" },
    version: "版本",
    noContent: "仅登记",
    host: "主机",
    rank: "安装顺序",
    attributes: "属性",
    typeHint: "类型：zip、Package、Managed-.*",
    nameHint: "名称（正则表达式）",
    exportAll: "导出 project.xml",
    exportFound: "导出筛选结果",
    empty: "还没有对象",
    emptyHint: "请导入 project.xml；推送的包也会自动出现在这里。",
    sides: { children: "引用的对象", parents: "被这些对象引用" },
    gone: "这个对象已不存在",
  },

  importProject: {
    title: "导入项目",
    intro: "先显示每个对象将有什么变化，再一次性导入，要么全部成功，要么什么都不改。",
    drop: "把 project.xml 拖到这里，或点击选择",
    dropHint: "ControlTier 的 load-objects 格式",
    unsaid: "文件没有写明的关系如何处理",
    relationsOf: { supplement: "在现有关系上补充", replace: "替换现有关系" },
    strict: "拒绝文档类型禁止的写法",
    trial: "将发生的变化",
    load: (changes) => `导入 ${count(changes)} 处变化`,
    nothing: "没有变化",
    loaded: (objects) => `${count(objects)} 个对象已与文件一致`,
    done: "已发生的变化",
    toObjects: "查看对象",
    object: "对象",
    outcome: "结果",
    outcomes: { created: "新建", updated: "更新", unchanged: "未变" },
    relations: "关系",
    relationComes: (key) => `新增到 ${key} 的关系`,
    relationGoes: (key) => `移除到 ${key} 的关系`,
    notes: "文件不符合其文档类型之处",
  },
};
