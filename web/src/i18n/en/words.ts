export const n = (count: number, one: string, many: string) => `${count.toLocaleString("en")} ${count === 1 ? one : many}`;

/** Names some and counts the rest; `more` are not among those that are given. */
export const names = (all: readonly string[], more = 0) =>
  all.length + more <= 3 ? all.join(", ") : `${all.slice(0, 3).join(", ")} and ${(all.length + more - Math.min(all.length, 3)).toLocaleString("en")} more`;
