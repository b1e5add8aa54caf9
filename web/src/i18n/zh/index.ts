// 中文。

import type { Dictionary } from "../en";
import { aim } from "./aim";
import { danger } from "./danger";
import { deploying } from "./deploying";
import { drafts } from "./drafts";
import { editors } from "./editors";
import { fleet } from "./fleet";
import { frame } from "./frame";
import { guards } from "./guards";
import { objects } from "./objects";
import { packages } from "./packages";
import { storage } from "./storage";
import { targets } from "./targets";
import { values } from "./values";
import { versions } from "./versions";

export const zh: Dictionary = { ...frame, ...packages, ...deploying, ...drafts, ...editors, ...danger, ...fleet, ...versions, ...storage, ...objects, ...values, ...guards, ...aim, ...targets };
