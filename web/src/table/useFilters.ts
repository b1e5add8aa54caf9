// Filters of a list live in the address; a change begins at the first page again.

import { useNavigate } from "@tanstack/react-router";
import { useCallback } from "react";

export function useFilters() {
  const navigate = useNavigate();
  const set = useCallback(
    (change: Record<string, string | string[] | undefined>) =>
      void navigate({ to: ".", replace: true, search: (before) => ({ ...before, ...change, cursor: undefined }), resetScroll: false }),
    [navigate],
  );
  const clear = useCallback(() => void navigate({ to: ".", replace: true, search: {} }), [navigate]);
  return { set, clear };
}
