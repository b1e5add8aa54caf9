/** The views of the page of guard rails, as its address names them. */
export const GUARD_TABS = ["freezes", "locks", "environments", "strategies"] as const;

export type GuardTab = (typeof GUARD_TABS)[number];
