export const count = (value: number) => value.toLocaleString("zh-CN");

/** 列出几个，其余计数；`more` 是没有给出名字的台数。 */
export const names = (all: readonly string[], more = 0) =>
  all.length + more <= 3 ? all.join("、") : `${all.slice(0, 3).join("、")} 等 ${count(all.length + more)} 台`;
