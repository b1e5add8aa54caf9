// The words of the API, by the names of crates/model. All come from schema.ts, which is made from the server's OpenAPI document. What is
// asked for may leave out what has a default; the schema calls that present, as it is in answers.

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
export type VersionSummary = Schemas["VersionSummary"];
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
export type Strategy = Schemas["Strategy"];
/** A spec as it is asked for. */
export type DeploymentRequest = Omit<Schemas["DeploymentSpec"], "strategy" | "targets"> & { targets: Targets; strategy?: Partial<Strategy> };
/** Where a deployment is aimed; what it leaves out does not narrow it. */
export type Targets = Pick<Schemas["Targets"], "modules" | "hosts"> & Partial<Schemas["Targets"]>;
export type TargetQuery = Omit<Schemas["TargetQuery"], "targets"> & { targets: Targets };
export type TargetHost = Schemas["TargetHost"];
export type SpecPart = Schemas["SpecPart"];
export type Binding = Schemas["Binding"];
export type InstanceSelection = Partial<Schemas["InstanceSelection"]>;
export type InstanceOperation = Omit<Schemas["InstanceOperation"], "filter" | "strategy"> & { filter?: InstanceSelection; strategy?: Partial<Strategy> };

export type StepKind = Schemas["StepKind"];
export type Step = Schemas["Step"];
export type PreviewBatch = Schemas["PreviewBatch"];
export type Change = Schemas["Change"];
export type HostChange = Schemas["HostChange"];
export type Caution = Schemas["Caution"];
export type ExclusionCause = Schemas["ExclusionCause"];
export type PlanPreview = Schemas["PlanPreview"];
export type PlannedMigration = Schemas["PlannedMigration"];

export type EnvironmentRules = Schemas["EnvironmentRules"];
export type Weekday = Schemas["Weekday"];
export type FreezeSchedule = Schemas["FreezeSchedule"];
export type Freeze = Schemas["Freeze"];
export type Lock = Schemas["Lock"];
export type NamedStrategy = Schemas["NamedStrategy"];

export type DatabaseTls = Schemas["DatabaseTls"];
export type DatabaseTargetSpec = Schemas["DatabaseTargetSpec"];
export type DatabaseTarget = Schemas["DatabaseTarget"];
export type DatabaseTest = Schemas["DatabaseTest"];

export type InstanceChange = Schemas["InstanceChange"];
export type ScriptExit = Schemas["ScriptExit"];
export type OutputGroup = Schemas["OutputGroup"];

export type DeploymentState = Schemas["DeploymentState"];
export type UnitState = Schemas["UnitState"];
export type UnitCounts = Partial<Record<UnitState, number>>;
export type DeploymentSummary = Schemas["DeploymentSummary"];
export type DeploymentDetail = Schemas["DeploymentDetail"];
export type BatchSummary = Schemas["BatchSummary"];
export type DeploymentEvent = Schemas["DeploymentEvent"];
export type Waiting = Schemas["Waiting"];
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
export type UnresolvedVariable = Schemas["UnresolvedVariable"];
export type RenderedFile = Schemas["RenderedFile"];

export type StorageStats = Schemas["StorageStats"];
export type StorageJob = Schemas["StorageJob"];
export type StorageJobKind = Schemas["JobKind"];
export type StorageJobState = Schemas["JobState"];
export type JobRequest = Schemas["JobRequest"];
export type GcReport = Schemas["GcReport"];
export type VerifyReport = Schemas["VerifyReport"];
export type DamagedRange = Schemas["DamagedRange"];

export type ObjectSummary = Schemas["ObjectSummary"];
export type ObjectKey = Schemas["ObjectKey"];
export type LoadReport = Schemas["LoadReport"];
export type LoadedObject = Schemas["LoadedObject"];
export type LoadOutcome = Schemas["LoadOutcome"];
