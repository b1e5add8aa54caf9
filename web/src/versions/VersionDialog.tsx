// The one question that a page asks about one of its versions.

import type { VersionSummary } from "../api/types";
import { DeleteVersionDialog } from "./DeleteVersionDialog";
import { StateDialog, type StateAction } from "./StateDialog";

export interface VersionQuestion {
  version: VersionSummary;
  asks: StateAction | "delete";
}

interface Props {
  /** Nothing is asked without. */
  question: VersionQuestion | undefined;
  onClose: () => void;
  onDeleted?: () => void;
}

export function VersionDialog({ question, onClose, onDeleted }: Props) {
  if (!question) return null;
  const { version, asks } = question;
  if (asks === "delete") return <DeleteVersionDialog version={version} onClose={onClose} onDeleted={onDeleted} />;
  return <StateDialog version={version} action={asks} onClose={onClose} />;
}
