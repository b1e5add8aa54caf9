// English. The shape of this object is the list of all texts; zh has the same.

import { deploying } from "./deploying";
import { fleet } from "./fleet";
import { frame } from "./frame";
import { packages } from "./packages";

export const en = { ...frame, ...packages, ...deploying, ...fleet };

export type Dictionary = typeof en;
