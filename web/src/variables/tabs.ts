/** The views of the page of variables, as its address names them. */
export const VARIABLE_TABS = ["values", "explain", "affected"] as const;
