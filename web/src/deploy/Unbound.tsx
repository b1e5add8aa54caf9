// Modules that the package is not bound to: it can be bound before it is planned, one by one or all of them.

import { useMutation, useQuery } from "@tanstack/react-query";
import { Alert, Button } from "antd";

import { useT } from "../i18n";
import { bindingsQuery, useBind } from "../packages/queries";
import { ModuleName } from "../table/links";
import { ProblemView } from "../ui/ProblemView";

interface Props {
  name: string;
  /** Where it is to be deployed. */
  modules: readonly string[];
  /** Whether others go together with it. */
  several: boolean;
}

export function Unbound({ name, modules, several }: Props) {
  const t = useT();
  const bindings = useQuery(bindingsQuery(name));
  const bind = useBind(name);
  const all = useMutation({
    mutationFn: async (paths: readonly string[]) => {
      for (const path of paths) await bind.mutateAsync(path);
    },
  });
  const bound = new Set(bindings.data?.map(({ module }) => module));
  const lacking = bindings.data ? modules.filter((path) => !bound.has(path)) : [];
  if (lacking.length === 0) return null;
  // Of several packages one goes where it is bound; only where that is nowhere, applying the plan binds it.
  const hint = several && lacking.length < modules.length ? t.aim.unboundSome : t.aim.unboundHint;
  return (
    <>
      <Alert
        type="info"
        role="note"
        showIcon
        className="problem"
        title={t.aim.unbound(name, lacking.length)}
        description={
          <>
            <p>{hint}</p>
            <ul className="unbound">
              {lacking.map((path) => (
                <li key={path}>
                  <ModuleName path={path} />
                  <Button
                    size="small"
                    aria-label={t.aim.bindTo(path)}
                    loading={bind.isPending && bind.variables === path}
                    disabled={all.isPending}
                    onClick={() => bind.mutate(path)}
                  >
                    {t.aim.bind}
                  </Button>
                </li>
              ))}
            </ul>
          </>
        }
        action={
          lacking.length > 1 && (
            <Button loading={all.isPending} onClick={() => all.mutate(lacking)}>
              {t.aim.bindAll}
            </Button>
          )
        }
      />
      {bind.isError && <ProblemView error={bind.error} />}
    </>
  );
}
