// The named strategy that fills the form: the one that a person chose, or else the default of where the deployment goes.

import { useQuery } from "@tanstack/react-query";
import type { FormInstance } from "antd";
import { useEffect, useState } from "react";

import type { NamedStrategy, Topology } from "../api/types";
import { fieldsOf, type StrategyFields } from "../forms/strategy";
import { defaultOf } from "../guards/defaultStrategy";
import { strategiesQuery } from "../guards/queries";

export function useNamedStrategy(form: FormInstance<StrategyFields>, topology: Topology | undefined, modules: string[], isAgain: boolean) {
  const strategies = useQuery(strategiesQuery).data?.items ?? [];
  const [chosen, setChosen] = useState<NamedStrategy | "none">();
  const usual = isAgain ? undefined : defaultOf(strategies, topology, modules);
  useEffect(() => {
    if (usual && chosen === undefined && !form.isFieldsTouched()) form.setFieldsValue(fieldsOf(usual.strategy));
  }, [usual, chosen, form]);
  const choose = (strategy: NamedStrategy | undefined) => {
    setChosen(strategy ?? "none");
    if (strategy) form.setFieldsValue(fieldsOf(strategy.strategy));
  };
  return { strategies, named: chosen === undefined ? usual : chosen === "none" ? undefined : chosen, choose };
}
