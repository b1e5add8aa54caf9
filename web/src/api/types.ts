// The words of the API, by the names of crates/model. All come from schema.ts, which is made from the server's OpenAPI document;
// what says nothing there may be null or absent.

import type { components } from "./schema";

type Schemas = components["schemas"];

export interface Page<T> {
  items: T[];
  next?: string | null;
  total: number;
  /** Long lists are not counted to their end. */
  counted?: "exactly" | "at_least";
}

export type Problem = Schemas["Problem"];
export type Session = Schemas["Session"];
export type TokenSummary = Schemas["TokenSummary"];
export type CreatedToken = Schemas["CreatedToken"];

export type Environment = Schemas["Environment"];
export type Topology = Schemas["Topology"];
export type TopologySpec = Schemas["TopologySpec"];
export type AppliedTopology = Schemas["AppliedTopology"];

export type Host = Schemas["Host"];
export type HostState = Schemas["HostState"];
export type CreateJoinToken = Schemas["CreateJoinToken"];
export type CreatedJoinToken = Schemas["CreatedJoinToken"];

export type PackageKind = Schemas["PackageKind"];
export type PackageSummary = Schemas["PackageSummary"];
export type VersionState = Schemas["VersionState"];
/** A protected version is deleted by no rule, and by no person until that is taken back. */
export type VersionSummary = Schemas["VersionSummary"] & { is_protected?: boolean };
export type VersionDetail = Schemas["VersionDetail"];
export type Command = Schemas["Command"];
export type LifecycleName = keyof Schemas["Lifecycle"];
export type HealthCheck = Schemas["HealthCheck"];
export type PushReply = Schemas["PushReply"];
export type TreeEntry = Schemas["TreeEntry"];
export type PackageEdit = Schemas["PackageEdit"];
export type StateReason = Schemas["StateReason"];
export type ChangeKind = Schemas["ChangeKind"];
export type TreeChange = Schemas["TreeChange"];
export type Comparison = Schemas["Comparison"];
export type MetadataAttribute = Schemas["MetadataAttribute"];
export type VersionMetadata = Schemas["VersionMetadata"];
export type VersionDatabase = Schemas["VersionDatabase"];

export type Instance = Schemas["Instance"];
export type InstanceState = Schemas["InstanceState"];
export type Health = Schemas["Health"];

/** What a deployment does. A script is run; nothing of it is installed. */
export type Action = Schemas["Action"];
export type OnFailure = Schemas["OnFailure"];
export type Pause = Schemas["Pause"];
/** A strategy; what it leaves out has its default. */
export type Strategy = Pick<Schemas["Strategy"], "canary" | "batch" | "max_unavailable" | "on_failure" | "bake_seconds" | "unit_timeout_seconds"> &
  Partial<Schemas["Strategy"]>;
/** A spec as it is asked for: what the strategy leaves out has its default. */
export type DeploymentRequest = Omit<Schemas["DeploymentSpec"], "strategy" | "action" | "targets"> & {
  targets: Pick<Schemas["Targets"], "modules" | "hosts"> & Partial<Schemas["Targets"]>;
  action: Action;
  strategy?: Partial<Strategy>;
  /** What a script is given, by the names of its parameters. */
  parameters?: Record<string, VariableValue>;
  /** What an uninstall does with data; it stays, if not said. */
  data?: "keep" | "remove";
  /** The named strategy that it came from. */
  strategy_name?: string;
  /** Nothing begins before this time. */
  not_before?: string;
};

export type StepKind = Schemas["StepKind"];
export type Step = Schemas["Step"];
export type PreviewBatch = Schemas["PreviewBatch"] & { host_count?: number };
export type Change = Schemas["Change"];
export type HostChange = Schemas["HostChange"] & {
  host_count?: number;
  /** What each host gets over the network; an estimate where it was not made before. */
  fetch?: { bytes: number; certainty: "known" | "estimate" } | null;
  room?: { needed: number; least_free?: number | null; tightest?: string | null } | null;
  /** What is done to databases, each by one of the hosts. */
  migrations?: PlannedMigration[];
  interruption?: { kind: "start" | "restart" | "stop"; cause: "version" | "values" | "order" | "repair" } | null;
  data?: { fate: "keep" | "remove"; directories: string[] } | null;
};
/** What a person should know before applying a plan; in words, and by code for words of the console's own. */
export interface Caution {
  code: string;
  text: string;
  params?: Record<string, string>;
  hosts?: string[];
  host_count?: number;
}
export type PlanPreview = Omit<Schemas["PlanPreview"], "batches" | "changes"> & {
  batches: PreviewBatch[];
  changes: HostChange[];
  cautions?: Caution[];
  unchanged_count?: number;
  excluded_count?: number;
};

/** What deployments in an environment have to observe. */
export interface EnvironmentRules {
  environment: Environment;
  approvals: number;
  max_concurrent?: number | null;
  updated_by?: string | null;
  updated_at?: string | null;
}

export type Weekday = "mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun";
export type FreezeSchedule =
  | { kind: "once"; from: string; until: string }
  | { kind: "weekly"; days: Weekday[]; start: string; end: string; time_zone: string };

/** A time in which nothing new starts. */
export interface Freeze {
  name: string;
  scope: string;
  schedule: FreezeSchedule;
  message: string;
  updated_by: string;
  updated_at: string;
  /** When it ends, if it holds now. */
  holds_until?: string | null;
}

/** Nothing new starts as long as it is there. */
export interface Lock {
  id: string;
  scope: string;
  message: string;
  created_by: string;
  created_at: string;
}

export interface NamedStrategy {
  name: string;
  /** Any, if not said. */
  environment?: Environment | null;
  description: string;
  strategy: Strategy;
  /** Whether deployments in its environment have it that say nothing else. */
  is_default: boolean;
  updated_by: string;
  updated_at: string;
}

/** What people said to a deployment, and what was decided about its beginning. */
export interface Guarded {
  begun_at?: string | null;
  not_before?: string | null;
  approvals_needed: number;
  approvals: { user: string; comment: string; at: string }[];
  freeze_override?: { by: string; reason: string; at: string } | null;
  ended_because?: string | null;
}

export type DatabaseTls = "off" | "prefer" | "require" | "verify";

/** Where a database is, whose it is, and who runs packages in it. What SQLite has not is absent. */
export interface DatabaseTargetSpec {
  module: string;
  host: string;
  engine: Engine;
  address?: string | null;
  database: string;
  user?: string | null;
  secret?: string | null;
  tls: DatabaseTls;
  authority?: string | null;
  description: string;
}

/** A step of a database package that was begun and is not at its end. */
export interface LedgerStop {
  script: string;
  statement: number;
  statements: number;
  line: number;
}

export interface DatabaseTarget extends Omit<DatabaseTargetSpec, "host"> {
  id: string;
  name: string;
  host?: string | null;
  /** What its ledger said of each package when a host last looked. */
  ledgers: { package: string; version?: string | null; stopped?: LedgerStop | null; reported_at: string }[];
  updated_by: string;
  updated_at: string;
}

/** What a deployment would do to a database. */
export interface PlannedMigration {
  host: string;
  target: string;
  database: string;
  from?: string | null;
  to?: string | null;
  steps: ChainStep[];
  has_way_back: boolean;
}

/** One change of an instance by a deployment. */
export interface InstanceChange {
  unit: string;
  deployment: string;
  action: Action;
  did: Schemas["UnitAction"];
  from?: string | null;
  to?: string | null;
  outcome: UnitState;
  failure?: Unit["failure"];
  creator: string;
  created_at: string;
  updated_at: string;
}

/** How the run of a script ended on a host. */
export type ScriptExit = { how: "code"; code: number } | { how: "signal"; signal: number } | { how: "timed_out" } | { how: "stopped" } | { how: "not_started" };
/** Hosts at which a script ended in the same way and wrote the same. */
export interface OutputGroup {
  id: string;
  exit: ScriptExit;
  output_bytes: number;
  hosts: number;
  /** The host whose output shows what all of them wrote. */
  first: string;
  attempt: string;
  step: number;
  fastest_millis: number;
  slowest_millis: number;
  dropped_at?: string | null;
}

export type DeploymentState = Schemas["DeploymentState"] | "partly_succeeded";
export type UnitState = Schemas["UnitState"];
export type UnitCounts = Partial<Record<UnitState, number>>;
export type DeploymentSummary = Omit<Schemas["DeploymentSummary"], "state" | "action"> & { state: DeploymentState; action: Action };
export type DeploymentDetail = Omit<Schemas["DeploymentDetail"], "summary" | "waiting"> & {
  summary: DeploymentSummary;
  waiting: Waiting[];
  /** How it proceeds by now. */
  strategy?: Strategy;
  guarded?: Guarded;
};
export type DeploymentEvent = Schemas["DeploymentEvent"];
/** What a deployment waits for. */
export type Waiting =
  | Schemas["Waiting"]
  | { waits_for: "answer"; failed: string[] }
  | { waits_for: "promote"; batch: number }
  | { waits_for: "pause"; batch: number; until: string }
  | { waits_for: "approval"; needed: number; given: number }
  | { waits_for: "lock"; scope: string; message: string; by: string }
  | { waits_for: "freeze"; name: string; message: string; until: string }
  | { waits_for: "schedule"; at: string }
  | { waits_for: "turn"; business: string; environment: Environment; limit: number; ahead: string[] };
export type Aftermath = Schemas["Aftermath"];
export type Unit = Schemas["Unit"];
export type UnitDetail = Schemas["UnitDetail"];
export type Attempt = Schemas["Attempt"];
export type StepRecord = Schemas["StepRecord"];

export type Overview = Schemas["Overview"];
export type AuditEntry = Schemas["AuditEntry"];
export type AuditVerdict = Schemas["AuditVerdict"];

export type Finding = Schemas["Finding"];
export type Manifest = Schemas["Manifest"];

export type Draft = Schemas["Draft"];
export type DraftEntry = Schemas["DraftEntry"];
export type Difference = Schemas["Difference"];
export type CreateDraft = Schemas["CreateDraft"];
export type DraftOperation = Schemas["Operation"];
export type DraftAccepted = Schemas["Accepted"];
export type DraftChange = Schemas["DraftChange"];
export type DraftManifest = Schemas["DraftManifest"];
export type DraftLint = Schemas["DraftLint"];
export type DraftUpload = Schemas["DraftUpload"];
export type DangerRule = Schemas["DangerRule"];
export type DangerRuleSpec = Schemas["DangerRuleSpec"];
export type NewDangerRule = Schemas["NewDangerRule"];
export type ScriptLanguage = Schemas["Language"];
export type ScriptCheck = Schemas["ScriptCheck"];
export type DangerFinding = Schemas["DangerFinding"];
export type Interpreter = Schemas["Interpreter"];
export type Parameter = Schemas["Parameter"];
export type ParameterType = Schemas["ParameterType"];
export type ConfigFile = Schemas["ConfigFile"];
export type Engine = Schemas["Engine"];
export type SqlCheck = Schemas["SqlCheck"];
export type DatabaseChain = Schemas["DatabaseChain"];
export type ChainStep = Schemas["ChainStep"];
export type UploadPlace = Schemas["UploadPlace"];
export type PathConflict = Schemas["PathConflict"];
export type Published = Schemas["Published"];

export type RetentionRule = Schemas["RetentionRule"];
export type SiteRetention = Schemas["SiteRetention"];
export type PackageRetention = Schemas["PackageRetention"];
export type RetentionPreview = Schemas["RetentionPreview"];
export type VersionFate = Schemas["VersionFate"];

export type ConfigLanguage = Schemas["ConfigLanguage"];
export type ConfigCheck = Schemas["ConfigCheck"];
export type FoundVariable = Schemas["FoundVariable"];

export type Variable = Schemas["Variable"];
export type VariableValue = Schemas["VariableValue"];
export type SetVariable = Schemas["SetVariable"];
export type Explanation = Schemas["Explanation"];
export type AffectedInstance = Schemas["AffectedInstance"];
export type Secret = Schemas["Secret"];
export type NewSecret = Schemas["NewSecret"];
/** What is not said stays. */
export type SecretChange = Partial<Schemas["SecretChange"]>;
export type RenderedFile = Schemas["RenderedFile"];

export type StorageStats = Schemas["StorageStats"];
export type StorageJob = Schemas["StorageJob"];
export type StorageJobKind = Schemas["JobKind"];
export type StorageJobState = Schemas["JobState"];
/** A verification may bring what is damaged back from other copies. */
export type JobRequest = Schemas["JobRequest"] & { repair?: boolean };
export type GcReport = Schemas["GcReport"] & { rewritten_packs?: number };
export type VerifyReport = Schemas["VerifyReport"] & { repaired_segments?: number };
export type DamagedRange = Schemas["DamagedRange"];

export type ObjectSummary = Schemas["ObjectSummary"];
export type ObjectKey = Schemas["ObjectKey"];
export type LoadReport = Schemas["LoadReport"];
export type LoadedObject = Schemas["LoadedObject"];
export type LoadOutcome = Schemas["LoadOutcome"];
