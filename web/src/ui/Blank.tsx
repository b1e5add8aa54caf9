// Nothing is here, and what to do about it.

import type { ReactNode } from "react";

export function Blank({ title, hint, action }: { title: string; hint?: ReactNode; action?: ReactNode }) {
  return (
    <div className="blank">
      <p className="blank-title">{title}</p>
      {hint && <p className="blank-hint">{hint}</p>}
      {action && <div className="blank-action">{action}</div>}
    </div>
  );
}
