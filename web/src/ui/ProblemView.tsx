// A problem in words: what is wrong, what exactly, and what to do next.

import { Alert, Button } from "antd";

import { problemOf, UNREACHABLE, UNREADABLE } from "../api/problem";
import type { Problem } from "../api/types";
import { useT } from "../i18n";
import type { Dictionary } from "../i18n/en";
import { Prose } from "./Prose";

interface Words {
  title: string;
  detail?: string | null | undefined;
  hint?: string | null | undefined;
  code?: string | undefined;
  /** The title in the server's words, if the other words are the console's own. */
  original?: string | undefined;
}

/** The words for an error; for what only the console can know, in the person's language. */
export function wordsOf(error: unknown, t: Dictionary): Words {
  const problem = problemOf(error);
  switch (problem.code) {
    case UNREACHABLE:
      return { title: t.errors.unreachableTitle, detail: t.errors.unreachableDetail, hint: t.errors.unreachableHint };
    case UNREADABLE:
      return { title: t.errors.unreadableTitle(problem.status), detail: problem.detail, hint: t.errors.unreadableHint };
    case "console_defect":
      return { title: t.errors.defectTitle, detail: problem.title, hint: t.errors.defectHint };
    default:
      return inWords(problem, t);
  }
}

/** In the person's language as far as there are words for the code. */
function inWords(problem: Problem, t: Dictionary): Words {
  const words = t.errors.ofServer(problem);
  return words ? { ...problem, ...words, hint: words.hint ?? problem.hint, original: problem.title } : problem;
}

export function ProblemView({ error, onRetry }: { error: unknown; onRetry?: (() => void) | undefined }) {
  const t = useT();
  const { title, detail, hint, code, original } = wordsOf(error, t);
  return (
    <Alert
      type="error"
      showIcon
      className="problem"
      title={<Prose text={title} />}
      description={
        <>
          {detail && detail !== title && (
            <p className="problem-detail">
              <Prose text={detail} />
            </p>
          )}
          {hint && (
            <p className="problem-hint">
              <Prose text={hint} />
            </p>
          )}
          {original && <p className="problem-code">{t.errors.original(original)}</p>}
          {code && <p className="problem-code">{t.errors.code(code)}</p>}
        </>
      }
      action={onRetry && <Button onClick={onRetry}>{t.common.retry}</Button>}
    />
  );
}
