// English. The shape of this object is the list of all texts; zh has the same.

import { deploying } from "./deploying";
import { drafts } from "./drafts";
import { fleet } from "./fleet";
import { frame } from "./frame";
import { packages } from "./packages";

export const en = { ...frame, ...packages, ...deploying, ...drafts, ...fleet };

export type Dictionary = typeof en;
