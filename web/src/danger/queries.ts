// Danger rules: changing them changes what is found, so every check is made anew.

import { useMutation, useQueryClient } from "@tanstack/react-query";

import { post, put, remove, seg } from "../api/client";
import type { DangerRule, DangerRuleSpec, NewDangerRule } from "../api/types";

const path = (name: string) => `/danger-rules/${seg(name)}`;

function useChange<Input, Output>(change: (input: Input) => Promise<Output>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSettled: async () => {
      client.removeQueries({ queryKey: ["checks"] });
      await client.invalidateQueries({ queryKey: ["danger-rules"] });
    },
  });
}

export const useNewRule = () => useChange((rule: NewDangerRule) => post<DangerRule>("/danger-rules", rule));

export const useRuleChange = () => useChange(({ name, spec }: { name: string; spec: DangerRuleSpec }) => put<DangerRule>(path(name), spec));

export const useRuleRemoval = () => useChange((name: string) => remove(path(name)));

/** What a rule says, without what it is: as a change of it is sent. */
export const specOf = ({ message, level, action, languages, pattern, is_enabled }: DangerRule): DangerRuleSpec => ({
  message,
  level,
  action,
  languages,
  ...(pattern ? { pattern } : {}),
  is_enabled,
});
