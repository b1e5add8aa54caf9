// What the API sends and gets, field by field as crates/model writes it.

export type Timestamp = string;

export interface Page<T> {
  items: T[];
  next?: string | null;
  total: number;
}

export interface Problem {
  status: number;
  code: string;
  title: string;
  detail?: string | null;
  hint?: string | null;
}

export interface Session {
  user: string;
  server_version: string;
}

export interface TokenSummary {
  id: string;
  name: string;
  created_at: Timestamp;
  expires_at: Timestamp | null;
  last_used_at: Timestamp | null;
}

export interface CreatedToken {
  token: TokenSummary;
  secret: string;
}

export type Environment = "dev" | "test" | "staging" | "prod";

export interface Module {
  id: string;
  name: string;
  path: string;
  hosts: number;
  instances: number;
}

export interface System {
  id: string;
  name: string;
  environment: Environment;
  modules: Module[];
}

export interface Business {
  id: string;
  name: string;
  systems: System[];
}

export interface Topology {
  businesses: Business[];
}

export interface TopologySpec {
  business: { name: string; system: { name: string; environment: Environment; module: { name: string }[] }[] }[];
}

export interface AppliedTopology {
  changes: string[];
  topology: Topology;
}

export interface HostFacts {
  address: string;
  os: string;
  arch: string;
  kernel: string;
  cpus: number;
  memory: number;
  disk_free: number;
  agent_version: string;
}

export type HostState = "online" | "offline";

export interface Host {
  id: string;
  name: string;
  modules: string[];
  state: HostState;
  facts: HostFacts;
  incarnation: number;
  instances: number;
  last_seen_at: Timestamp | null;
  created_at: Timestamp;
}

export interface CreateJoinToken {
  host: string;
  modules: string[];
  expires_in_minutes?: number | null;
}

export interface CreatedJoinToken {
  token: string;
  expires_at: Timestamp;
  agent_url: string;
  command: string;
}

export type PackageKind = "file" | "config" | "script" | "database" | "image" | "app";

export interface PackageSummary {
  id: string;
  name: string;
  kind: PackageKind;
  description: string;
  latest: string | null;
  versions: number;
  instances: number;
  modules: number;
  creator: string;
  created_at: Timestamp;
  updated_at: Timestamp;
}

export type VersionState = "published" | "yanked" | "banned";

export interface VersionSummary {
  id: string;
  package: string;
  version: string;
  build: string | null;
  description: string;
  state: VersionState;
  tree: string;
  files: number;
  size: number;
  new_bytes: number;
  instances: number;
  modules: number;
  creator: string;
  created_at: Timestamp;
}

export type Layout = "overwrite" | "versioned" | "symlink";

export interface Command {
  command: string;
  args?: string[];
  timeout: number;
  user?: string | null;
  env?: Record<string, string>;
}

export type LifecycleName =
  | "install"
  | "update"
  | "start"
  | "post_start"
  | "restart"
  | "pre_stop"
  | "stop"
  | "validate"
  | "uninstall"
  | "on_failure"
  | "on_rollback";

export interface HealthCheck {
  process?: string;
  port?: number;
  http?: string;
  command?: string;
  interval: number;
  timeout: number;
  within: number;
}

export interface Manifest {
  description: string;
  layout: Layout | null;
  install_root: string | null;
  owner: string | null;
  render: string[];
  keep: number;
  lifecycle: Partial<Record<LifecycleName, Command>>;
  health: HealthCheck[];
}

export type KeptAs = "original_until_proven" | "recipe" | "original";

export interface ArchiveInfo {
  file_name: string;
  format: string;
  size: number;
  sha256: string;
  md5: string;
  kept_as: KeptAs;
}

export interface VersionDetail {
  summary: VersionSummary;
  layout: Layout;
  manifest: Manifest;
  archive: ArchiveInfo;
}

export type Severity = "advice" | "warning" | "error";

export interface Finding {
  rule: string;
  severity: Severity;
  place: string;
  message: string;
  hint: string;
}

export interface PushReply {
  version: VersionDetail;
  outcome: "created" | "already_there";
  warnings: Finding[];
}

export interface TreeEntry {
  path: string;
  kind: "directory" | "file" | "symlink";
  mode: string;
  size: number;
  digest: string | null;
  target: string | null;
}

export type InstanceState = "running" | "stopped";
export type Health = "healthy" | "unhealthy" | "unknown";

export interface Instance {
  host: string;
  host_name: string;
  address: string;
  modules: string[];
  package: string;
  version: string;
  previous: string | null;
  state: InstanceState;
  health: Health;
  reason: string | null;
  install_root: string;
  deployment: string | null;
  updated_at: Timestamp;
}

export type Action = "deploy" | "upgrade" | "rollback" | "start" | "stop" | "restart" | "uninstall";
export type UnitAction = "install" | "start" | "stop" | "restart" | "uninstall";

export interface Targets {
  modules: string[];
  hosts: string[];
}

export type OnFailure = "stop" | "rollback";

export interface Strategy {
  canary: number;
  batch: string;
  max_unavailable: string | null;
  on_failure: OnFailure;
  bake_seconds: number;
  unit_timeout_seconds: number;
}

export interface DeploymentSpec {
  action: Action;
  package: string;
  version: string | null;
  targets: Targets;
  strategy: Strategy;
}

/** A spec as it is asked for: what the strategy leaves out has its default. */
export interface DeploymentRequest {
  action: Action;
  package: string;
  version?: string | null;
  targets: Targets;
  strategy?: Partial<Strategy>;
}

export type StepKind =
  | "preflight"
  | "fetch"
  | "stage"
  | "render"
  | "pre_stop"
  | "stop"
  | "switch"
  | "install"
  | "update"
  | "start"
  | "post_start"
  | "restart"
  | "validate"
  | "retire"
  | "uninstall"
  | "remove"
  | "on_failure"
  | "stop_failed"
  | "switch_back"
  | "start_previous"
  | "validate_previous"
  | "on_rollback";

export interface Step {
  kind: StepKind;
  phase: string;
  nature: string;
  command?: Command | null;
}

export type BatchKind = "canary" | "rolling";
export type Change = "added" | "changed" | "removed";

export interface PreviewBatch {
  kind: BatchKind;
  hosts: string[];
}

export interface HostChange {
  hosts: string[];
  action: UnitAction;
  from: string | null;
  to: string | null;
  files: { added: number; changed: number; removed: number };
  paths: { path: string; change: Change }[];
  disk_bytes: number;
  steps: Step[];
}

export interface PlanPreview {
  id: string;
  spec: DeploymentSpec;
  batches: PreviewBatch[];
  changes: HostChange[];
  unchanged: string[];
  excluded: { host: string; reason: string }[];
  warnings: string[];
  created_at: Timestamp;
}

export type DeploymentState =
  | "running"
  | "paused"
  | "halted"
  | "rolling_back"
  | "aborting"
  | "succeeded"
  | "rolled_back"
  | "aborted"
  | "failed"
  | "superseded";

export type UnitState =
  | "pending"
  | "preparing"
  | "prepared"
  | "switching"
  | "baking"
  | "restoring"
  | "retiring"
  | "succeeded"
  | "failed"
  | "unknown"
  | "cancelled"
  | "skipped";

export type UnitCounts = Partial<Record<UnitState, number>>;

export interface DeploymentSummary {
  id: string;
  action: Action;
  package: string;
  version: string | null;
  state: DeploymentState;
  direction: "forward" | "back";
  units: UnitCounts;
  total: number;
  creator: string;
  created_at: Timestamp;
  ended_at: Timestamp | null;
}

export type Waiting =
  | { waits_for: "preparing"; hosts: string[] }
  | { waits_for: "switching"; hosts: string[] }
  | { waits_for: "slot"; limit: number; down: string[] }
  | { waits_for: "bake"; batch: number; until: Timestamp }
  | { waits_for: "unreachable"; hosts: string[] }
  | { waits_for: "decision"; failed: string[] }
  | { waits_for: "resume" };

export interface BatchSummary {
  number: number;
  kind: BatchKind;
  units: UnitCounts;
}

export interface DeploymentDetail {
  summary: DeploymentSummary;
  spec: DeploymentSpec;
  plan: string;
  revision: number;
  waiting: Waiting[];
  batches: BatchSummary[];
}

export type Aftermath = "untouched" | "restored" | "broken" | "removed";

export interface UnitFailure {
  attempt: string;
  step: StepKind;
  message: string;
  aftermath: Aftermath | null;
}

export interface Unit {
  id: string;
  host: string;
  host_name: string;
  batch: number;
  state: UnitState;
  from: string | null;
  to: string | null;
  step: StepKind | null;
  failure: UnitFailure | null;
  attempt: string | null;
  attempts: number;
  fetched_bytes: number | null;
  updated_at: Timestamp;
}

export type StepOutcome =
  | { result: "done"; note: string }
  | { result: "failed"; message: string }
  | { result: "unknown"; evidence: string };

export interface StepRecord {
  index: number;
  kind: StepKind;
  started_at: Timestamp;
  outcome: StepOutcome | null;
  millis: number | null;
  output_bytes: number;
}

export interface Attempt {
  id: string;
  epoch: number;
  steps: StepRecord[];
  created_at: Timestamp;
  ended_at: Timestamp | null;
}

export interface UnitDetail {
  unit: Unit;
  attempts: Attempt[];
}

export type DeploymentEvent =
  | { type: "deployment"; deployment: DeploymentDetail }
  | { type: "units"; units: Unit[] };

export interface Overview {
  hosts_online: number;
  hosts_offline: number;
  packages: number;
  versions: number;
  instances: number;
  instances_unhealthy: number;
  content_bytes: number;
  stored_bytes: number;
  running: DeploymentSummary[];
  recent: DeploymentSummary[];
  recent_versions: VersionSummary[];
}
