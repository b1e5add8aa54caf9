// Why a host cannot be chosen: in the words of the language, or else the server's own.

import type { ExclusionCause } from "../api/types";
import { useT } from "../i18n";
import { Prose } from "../ui/Prose";

interface Props {
  reason: string;
  cause?: ExclusionCause | null | undefined;
}

export function ExclusionText({ reason, cause }: Props) {
  const t = useT();
  return <Prose text={(cause && t.plan.exclusionOf(cause)) ?? reason} />;
}
