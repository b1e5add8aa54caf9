// English. The shape of this object is the list of all texts; zh has the same.

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

export const en = { ...frame, ...packages, ...deploying, ...drafts, ...editors, ...danger, ...fleet, ...versions, ...storage, ...objects, ...values, ...guards, ...aim, ...targets };

export type Dictionary = typeof en;
