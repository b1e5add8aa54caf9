export const count = (value: number) => value.toLocaleString("zh-CN");

/** 列出几个，其余计数。 */
export const names = (all: readonly string[]) =>
  all.length <= 3 ? all.join("、") : `${all.slice(0, 3).join("、")} 等 ${all.length} 台`;
