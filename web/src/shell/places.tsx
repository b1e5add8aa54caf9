// The pages that the navigation and the palette lead to.

import {
  ApartmentOutlined,
  AppstoreOutlined,
  AuditOutlined,
  CloudServerOutlined,
  DashboardOutlined,
  DatabaseOutlined,
  EditOutlined,
  FunctionOutlined,
  HddOutlined,
  HistoryOutlined,
  ImportOutlined,
  InboxOutlined,
  KeyOutlined,
  LockOutlined,
  PartitionOutlined,
  RocketOutlined,
  SafetyOutlined,
  StopOutlined,
  UploadOutlined,
} from "@ant-design/icons";
import type { ReactNode } from "react";

import type { Dictionary } from "../i18n/en";

export type PlacePath =
  | "/"
  | "/packages"
  | "/push"
  | "/drafts"
  | "/deploy"
  | "/deployments"
  | "/instances"
  | "/topology"
  | "/hosts"
  | "/variables"
  | "/vault"
  | "/database-targets"
  | "/objects"
  | "/import"
  | "/storage"
  | "/guard-rails"
  | "/danger-rules"
  | "/tokens"
  | "/audit";

export interface Place {
  path: PlacePath;
  icon: ReactNode;
  name: (t: Dictionary) => string;
}

export const OVERVIEW: Place = { path: "/", icon: <DashboardOutlined />, name: (t) => t.nav.overview };
export const PACKAGES: Place = { path: "/packages", icon: <InboxOutlined />, name: (t) => t.nav.packages };
export const DRAFTS: Place = { path: "/drafts", icon: <EditOutlined />, name: (t) => t.drafts.title };
export const DEPLOYMENTS: Place = { path: "/deployments", icon: <HistoryOutlined />, name: (t) => t.nav.deployments };
export const INSTANCES: Place = { path: "/instances", icon: <AppstoreOutlined />, name: (t) => t.nav.instances };
export const TOPOLOGY: Place = { path: "/topology", icon: <ApartmentOutlined />, name: (t) => t.nav.topology };
export const HOSTS: Place = { path: "/hosts", icon: <CloudServerOutlined />, name: (t) => t.nav.hosts };
export const VARIABLES: Place = { path: "/variables", icon: <FunctionOutlined />, name: (t) => t.values.title };
export const VAULT: Place = { path: "/vault", icon: <LockOutlined />, name: (t) => t.vault.title };
export const DATABASE_TARGETS: Place = { path: "/database-targets", icon: <HddOutlined />, name: (t) => t.targets.title };
export const OBJECTS: Place = { path: "/objects", icon: <PartitionOutlined />, name: (t) => t.objects.title };
export const IMPORT: Place = { path: "/import", icon: <ImportOutlined />, name: (t) => t.importProject.title };
export const STORAGE: Place = { path: "/storage", icon: <DatabaseOutlined />, name: (t) => t.storage.title };
export const GUARD_RAILS: Place = { path: "/guard-rails", icon: <StopOutlined />, name: (t) => t.guards.title };
export const DANGER_RULES: Place = { path: "/danger-rules", icon: <SafetyOutlined />, name: (t) => t.danger.title };
export const TOKENS: Place = { path: "/tokens", icon: <KeyOutlined />, name: (t) => t.nav.tokens };
export const AUDIT: Place = { path: "/audit", icon: <AuditOutlined />, name: (t) => t.nav.audit };
export const DEPLOY: Place = { path: "/deploy", icon: <RocketOutlined />, name: (t) => t.nav.deploy };
export const PUSH: Place = { path: "/push", icon: <UploadOutlined />, name: (t) => t.nav.push };

export const PLACES: Place[] = [OVERVIEW, DEPLOY, PUSH, PACKAGES, DRAFTS, DEPLOYMENTS, INSTANCES, TOPOLOGY, HOSTS, VARIABLES, VAULT, DATABASE_TARGETS, OBJECTS, IMPORT, STORAGE, GUARD_RAILS, DANGER_RULES, TOKENS, AUDIT];
