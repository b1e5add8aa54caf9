// The editor's own few texts in Chinese. Its English ones are built in, which is why they are not in the dictionary.

import { EditorState, type Extension } from "@codemirror/state";

import type { Language } from "../i18n/format";

const ZH: Record<string, string> = {
  Find: "查找",
  Replace: "替换为",
  next: "下一个",
  previous: "上一个",
  all: "全部",
  "match case": "区分大小写",
  "by word": "全字匹配",
  regexp: "正则",
  replace: "替换",
  "replace all": "全部替换",
  close: "关闭",
  "current match": "当前匹配",
  "replaced $ matches": "已替换 $ 处",
  "replaced match on line $": "已替换第 $ 行的匹配",
  "on line": "在第几行",
  "Go to line": "转到行",
  go: "转到",
  Diagnostics: "问题",
  "No diagnostics": "没有问题",
  "Control character": "控制字符",
  "Selection deleted": "已删除所选内容",
  "$ unchanged lines": "$ 行未改变",
};

/** The texts of an editor in a language. */
export const phrases = (language: Language): Extension => (language === "zh" ? EditorState.phrases.of(ZH) : []);
