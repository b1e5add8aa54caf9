import type { Problem } from "./types";

/** Codes that the console itself gives, for what never reached the server or came back unreadable. */
export const UNREACHABLE = "console_unreachable";
export const UNREADABLE = "console_unreadable";

/** Every failed call ends as one of these; pages show its problem and look at nothing else. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail ?? problem.title);
    this.problem = problem;
  }
}

export function isProblem(value: unknown): value is Problem {
  if (typeof value !== "object" || value === null) return false;
  const { status, code, title } = value as Partial<Problem>;
  return typeof status === "number" && typeof code === "string" && typeof title === "string";
}

/** The problem in any error; a defect of the console is shown as one too, not swallowed. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  return { status: 0, code: "console_defect", title: error instanceof Error ? error.message : String(error) };
}

/** The problem in the text of an answer that is not a success. */
export function problemOfAnswer(status: number, text: string): Problem {
  try {
    const value: unknown = JSON.parse(text);
    if (isProblem(value)) return value;
  } catch {
    // Not JSON: a proxy's page. Its status is all that can be said.
  }
  return { status, code: UNREADABLE, title: "", detail: text.slice(0, 300) };
}
