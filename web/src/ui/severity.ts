// How grave a finding is, to the eye.

import type { Finding } from "../api/types";

export const SEVERITY_RANK: Record<Finding["severity"], number> = { error: 0, warning: 1, advice: 2 };
export const SEVERITY_COLOURS: Record<Finding["severity"], string> = { error: "error", warning: "warning", advice: "default" };
