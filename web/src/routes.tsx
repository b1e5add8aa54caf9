// All addresses of the console. Pages are loaded when they are opened; the shell is not made to wait for them.

import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";

import { ProblemError } from "./api/problem";
import { sessionQuery } from "./api/queries";
import type { DeploymentState, PackageKind } from "./api/types";
import { HEALTHS, INSTANCE_STATES, readAim } from "./deploy/aim";
import { DRAFT_STEPS } from "./drafts/steps";
import { GUARD_TABS } from "./guards/tabs";
import { NotFound, RouteError } from "./pages/NotFound";
import { oneOf, paging, parseSearch, stringifySearch, text, texts } from "./search";
import { Shell } from "./shell/Shell";
import { Waiting } from "./ui/Waiting";
import { VARIABLE_TABS } from "./variables/tabs";
import { CHANGE_KINDS } from "./versions/comparison";
import { VERSION_VIEWS } from "./versions/views";

/** What a page reads from its address; nothing in it has to be there. */
const reads =
  <T extends object>(read: (search: Record<string, unknown>) => T) =>
  (search: Record<string, unknown>): Partial<T> =>
    read(search);

const isSignedOut = (error: unknown) => error instanceof ProblemError && error.problem.status === 401;

/** Wherever a call finds that nobody is signed in, the person signs in and comes back. */
function onError(error: unknown) {
  if (!isSignedOut(error) || router.state.location.pathname === "/sign-in") return;
  queryClient.removeQueries({ queryKey: sessionQuery.queryKey });
  void router.navigate({ to: "/sign-in", search: { back: router.state.location.href } });
}

export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError }),
  mutationCache: new MutationCache({ onError }),
  defaultOptions: {
    queries: {
      staleTime: 2000,
      // A refusal stays one however often it is asked; only what did not arrive is tried again.
      retry: (failures, error) => failures < 2 && error instanceof ProblemError && error.problem.status === 0,
    },
  },
});

const root = createRootRouteWithContext<{ queryClient: QueryClient }>()({ component: Outlet, notFoundComponent: NotFound });

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: reads((search) => ({ back: text(search, "back") })),
  component: lazyRouteComponent(() => import("./pages/SignIn"), "SignIn"),
});

const shell = createRoute({
  getParentRoute: () => root,
  id: "shell",
  beforeLoad: async ({ context, location }) => {
    try {
      await context.queryClient.ensureQueryData(sessionQuery);
    } catch (error) {
      if (isSignedOut(error)) throw redirect({ to: "/sign-in", search: { back: location.href } });
      throw error;
    }
  },
  component: Shell,
  errorComponent: RouteError,
  notFoundComponent: NotFound,
});

const overview = createRoute({
  getParentRoute: () => shell,
  path: "/",
  component: lazyRouteComponent(() => import("./pages/Overview"), "Overview"),
});

const KINDS: PackageKind[] = ["file", "config", "script", "database", "image", "app"];

const packages = createRoute({
  getParentRoute: () => shell,
  path: "/packages",
  validateSearch: reads((search) => ({
    ...paging(search),
    search: text(search, "search"),
    kind: oneOf(search, "kind", KINDS),
    creator: text(search, "creator"),
    tag: texts(search, "tag"),
    meta: texts(search, "meta"),
  })),
  component: lazyRouteComponent(() => import("./pages/Packages"), "Packages"),
});

const packageRoute = createRoute({
  getParentRoute: () => shell,
  path: "/packages/$name",
  validateSearch: reads((search) => ({
    ...paging(search),
    tab: oneOf(search, "tab", ["versions", "instances", "deployments", "drafts", "bindings", "retention", "settings"]),
    version: text(search, "version"),
    view: oneOf(search, "view", VERSION_VIEWS),
    file: text(search, "file"),
    search: text(search, "search"),
    creator: text(search, "creator"),
    state: oneOf(search, "state", ["published", "yanked", "banned"]),
    deployed: oneOf(search, "deployed", ["true", "false"]),
  })),
  component: lazyRouteComponent(() => import("./pages/Package"), "Package"),
});

const compare = createRoute({
  getParentRoute: () => shell,
  path: "/packages/$name/compare",
  validateSearch: reads((search) => ({
    from: text(search, "from"),
    to: text(search, "to"),
    path: text(search, "path"),
    change: oneOf(search, "change", CHANGE_KINDS),
    text: text(search, "text"),
  })),
  component: lazyRouteComponent(() => import("./pages/Compare"), "Compare"),
});

const drafts = createRoute({
  getParentRoute: () => shell,
  path: "/drafts",
  validateSearch: reads((search) => ({ ...paging(search), package: text(search, "package") })),
  component: lazyRouteComponent(() => import("./pages/Drafts"), "Drafts"),
});

const draft = createRoute({
  getParentRoute: () => shell,
  path: "/drafts/$id",
  validateSearch: reads((search) => ({ step: oneOf(search, "step", DRAFT_STEPS), file: text(search, "file") })),
  component: lazyRouteComponent(() => import("./pages/Draft"), "Draft"),
});

const newFilePackage = createRoute({
  getParentRoute: () => shell,
  path: "/packages/new/file",
  component: lazyRouteComponent(() => import("./pages/NewFilePackage"), "NewFilePackage"),
});

const newConfig = createRoute({
  getParentRoute: () => shell,
  path: "/packages/new/config",
  component: lazyRouteComponent(() => import("./pages/NewConfig"), "NewConfig"),
});

const newScript = createRoute({
  getParentRoute: () => shell,
  path: "/packages/new/script",
  component: lazyRouteComponent(() => import("./pages/NewScript"), "NewScript"),
});

const newDatabase = createRoute({
  getParentRoute: () => shell,
  path: "/packages/new/database",
  component: lazyRouteComponent(() => import("./pages/NewDatabase"), "NewDatabase"),
});

const dangerRules = createRoute({
  getParentRoute: () => shell,
  path: "/danger-rules",
  validateSearch: paging,
  component: lazyRouteComponent(() => import("./pages/DangerRules"), "DangerRules"),
});

const push = createRoute({
  getParentRoute: () => shell,
  path: "/push",
  component: lazyRouteComponent(() => import("./pages/Push"), "Push"),
});

const deploy = createRoute({
  getParentRoute: () => shell,
  path: "/deploy",
  validateSearch: reads((search) => ({
    ...paging(search),
    ...readAim(search),
    package: text(search, "package"),
    version: text(search, "version"),
    /** Further packages: `shop-conf@2.0.0`. */
    also: texts(search, "also"),
    /** Only to hosts that have an older or a newer version. */
    action: oneOf(search, "action", ["upgrade", "downgrade"]),
    plan: text(search, "plan"),
  })),
  component: lazyRouteComponent(() => import("./pages/Deploy"), "Deploy"),
});

const plan = createRoute({
  getParentRoute: () => shell,
  path: "/plans/$id",
  component: lazyRouteComponent(() => import("./pages/Plan"), "Plan"),
});

const DEPLOYMENT_STATES: DeploymentState[] = ["running", "paused", "halted", "rolling_back", "aborting", "succeeded", "partly_succeeded", "rolled_back", "aborted", "failed", "superseded"];

const deployments = createRoute({
  getParentRoute: () => shell,
  path: "/deployments",
  validateSearch: reads((search) => ({
    ...paging(search),
    package: text(search, "package"),
    state: oneOf(search, "state", DEPLOYMENT_STATES),
  })),
  component: lazyRouteComponent(() => import("./pages/Deployments"), "Deployments"),
});

const deployment = createRoute({
  getParentRoute: () => shell,
  path: "/deployments/$id",
  validateSearch: reads((search) => ({ unit: text(search, "unit") })),
  component: lazyRouteComponent(() => import("./pages/Deployment"), "Deployment"),
});

const instances = createRoute({
  getParentRoute: () => shell,
  path: "/instances",
  validateSearch: reads((search) => ({
    ...paging(search),
    package: text(search, "package"),
    module: text(search, "module"),
    host: text(search, "host"),
    version: text(search, "version"),
    state: oneOf(search, "state", INSTANCE_STATES),
    health: oneOf(search, "health", HEALTHS),
    environment: oneOf(search, "environment", ["dev", "test", "staging", "prod"]),
    drift: oneOf(search, "drift", ["some", "none"]),
  })),
  component: lazyRouteComponent(() => import("./pages/Instances"), "Instances"),
});

const topology = createRoute({
  getParentRoute: () => shell,
  path: "/topology",
  validateSearch: reads((search) => ({ ...paging(search), module: text(search, "module") })),
  component: lazyRouteComponent(() => import("./pages/Topology"), "Topology"),
});

const hosts = createRoute({
  getParentRoute: () => shell,
  path: "/hosts",
  validateSearch: reads((search) => ({
    ...paging(search),
    module: text(search, "module"),
    state: oneOf(search, "state", ["online", "offline"]),
    search: text(search, "search"),
    join: oneOf(search, "join", ["1"]),
  })),
  component: lazyRouteComponent(() => import("./pages/Hosts"), "Hosts"),
});

const host = createRoute({
  getParentRoute: () => shell,
  path: "/hosts/$name",
  validateSearch: paging,
  component: lazyRouteComponent(() => import("./pages/Host"), "Host"),
});

const objects = createRoute({
  getParentRoute: () => shell,
  path: "/objects",
  validateSearch: reads((search) => ({
    ...paging(search),
    type: text(search, "type"),
    name: text(search, "name"),
    object: text(search, "object"),
  })),
  component: lazyRouteComponent(() => import("./pages/Objects"), "Objects"),
});

const importProject = createRoute({
  getParentRoute: () => shell,
  path: "/import",
  component: lazyRouteComponent(() => import("./pages/ImportProject"), "ImportProject"),
});

const storage = createRoute({
  getParentRoute: () => shell,
  path: "/storage",
  validateSearch: reads((search) => ({ ...paging(search), tab: oneOf(search, "tab", ["jobs", "damage", "retention"]) })),
  component: lazyRouteComponent(() => import("./pages/Storage"), "Storage"),
});

const variables = createRoute({
  getParentRoute: () => shell,
  path: "/variables",
  validateSearch: reads((search) => ({
    ...paging(search),
    tab: oneOf(search, "tab", VARIABLE_TABS),
    name: text(search, "name"),
    scope: text(search, "scope"),
    package: text(search, "package"),
    host: text(search, "host"),
  })),
  component: lazyRouteComponent(() => import("./pages/Variables"), "Variables"),
});

const guardRails = createRoute({
  getParentRoute: () => shell,
  path: "/guard-rails",
  validateSearch: reads((search) => ({ ...paging(search), tab: oneOf(search, "tab", GUARD_TABS) })),
  component: lazyRouteComponent(() => import("./pages/GuardRails"), "GuardRails"),
});

const databaseTargets = createRoute({
  getParentRoute: () => shell,
  path: "/database-targets",
  validateSearch: reads((search) => ({ ...paging(search), module: text(search, "module") })),
  component: lazyRouteComponent(() => import("./pages/DatabaseTargets"), "DatabaseTargets"),
});

const vault = createRoute({
  getParentRoute: () => shell,
  path: "/vault",
  validateSearch: reads((search) => ({ ...paging(search), secret: text(search, "secret") })),
  component: lazyRouteComponent(() => import("./pages/Vault"), "Vault"),
});

const tokens = createRoute({
  getParentRoute: () => shell,
  path: "/tokens",
  validateSearch: paging,
  component: lazyRouteComponent(() => import("./pages/Tokens"), "Tokens"),
});

const audit = createRoute({
  getParentRoute: () => shell,
  path: "/audit",
  validateSearch: reads((search) => ({
    ...paging(search),
    actor: text(search, "actor"),
    action: text(search, "action"),
    object: text(search, "object"),
    since: text(search, "since"),
    until: text(search, "until"),
  })),
  component: lazyRouteComponent(() => import("./pages/Audit"), "Audit"),
});

export const router = createRouter({
  routeTree: root.addChildren([
    signIn,
    shell.addChildren([
      overview,
      packages,
      packageRoute,
      compare,
      newFilePackage,
      newConfig,
      newScript,
      newDatabase,
      dangerRules,
      drafts,
      draft,
      push,
      deploy,
      plan,
      deployments,
      deployment,
      instances,
      topology,
      hosts,
      host,
      objects,
      importProject,
      storage,
      variables,
      vault,
      guardRails,
      databaseTargets,
      tokens,
      audit,
    ]),
  ]),
  context: { queryClient },
  parseSearch,
  stringifySearch,
  defaultPendingComponent: Waiting,
  defaultPendingMs: 200,
  defaultErrorComponent: RouteError,
  defaultPreload: "intent",
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
  interface HistoryState {
    /** The cursors of the pages before this one, so that a list can be leafed back. */
    trail?: string[];
  }
}
