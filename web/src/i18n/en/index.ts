// English. The shape of this object is the list of all texts; zh has the same.

import { danger } from "./danger";
import { deploying } from "./deploying";
import { drafts } from "./drafts";
import { editors } from "./editors";
import { fleet } from "./fleet";
import { frame } from "./frame";
import { packages } from "./packages";

export const en = { ...frame, ...packages, ...deploying, ...drafts, ...editors, ...danger, ...fleet };

export type Dictionary = typeof en;
