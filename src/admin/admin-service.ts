import type { AccessRequests } from '../../identity/access/access-requests.ts';
import type { Authenticators } from '../../identity/factors/authenticators.ts';
import type { SessionManager } from '../../identity/sessions/session-manager.ts';
import type { CredentialDesk } from '../../identity/tokens/credential-desk.ts';
import type { Clock } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import { SecretValue } from '../base/secret-value.ts';
import type { ApplyResult, Controller } from '../control/controller.ts';
import { keyFor } from '../control/key.ts';
import { type Authenticator, canonicalName, type Kind, type Resource, ResourceSet } from '../model/index.ts';
import { decideAccess, infoOf } from './access.ts';
import type {
  AdminApi,
  ApplyAnswer,
  ApplyRequest,
  OpaBundleStatus,
  SecretRequest,
  ServiceStatus,
  StatusAnswer,
} from './api.ts';

import { createCredential, withStatus } from './credentials.ts';
import type { DecisionDiff, DecisionsWanted, ShadowDisagreement } from './decision-api.ts';
import { shadowPolicies } from './shadow.ts';

export interface AdminDeps {
  readonly controller: Controller;
  readonly sessions: SessionManager;
  readonly credentials: CredentialDesk;
  readonly authenticators: Authenticators;
  readonly accessRequests: AccessRequests;
  readonly rotateKeys: AdminApi['rotateKeys'];
  readonly debugToken: AdminApi['debugToken'];
  readonly explain: AdminApi['explain'];
  readonly reach: AdminApi['reach'];
  /** What shadow policies would have decided otherwise, of all processes. */
  readonly shadowCounts: () => Promise<readonly ShadowDisagreement[]>;
  /** The decisions of two configurations about the same requests. */
  readonly compareDecisions: (before: Compiled, after: Compiled, wanted: DecisionsWanted) => Promise<DecisionDiff>;
  readonly opaBundles: () => readonly OpaBundleStatus[];
  readonly clock: Clock;
}

type Compiled = NonNullable<ApplyResult['planned']>;

const STATES: readonly Authenticator['spec']['state'][] = ['ACTIVE', 'PENDING', 'REJECTED'];

/** The admin API itself, without its transport. Throws `AppError` with a message for whoever asked. */
export function createAdminService(deps: AdminDeps): AdminApi {
  const { controller, sessions } = deps;
  return {
    status: async () => ({ ...status(controller), opaBundles: deps.opaBundles() }),
    apply: (request) => apply(deps, request),
    list: (kind) => list(deps, kind),
    get: (kind, name) => get(deps, kind, name),
    delete: (kind, name) => remove(deps, kind, name),
    putSecret: (request) => putSecret(controller, request),
    createCredential: (request) => createCredential(deps, request),
    sessions: (user) => sessions.list(user ?? undefined),
    revokeSession: async (idOrName) => {
      const revoked = await sessions.revoke(idOrName);
      if (revoked === null) throw new AppError('not-found', `there is no session "${idOrName}"`);
    },
    setSessionState: async (idOrName, state) => {
      checkState(state);
      const changed = await sessions.setState(idOrName, state);
      if (changed === null) throw new AppError('not-found', `there is no session "${idOrName}"`);
    },
    setAuthenticatorState: async (idOrName, state) => {
      checkState(state);
      const changed = await deps.authenticators.setState(idOrName, state);
      if (!changed) throw new AppError('not-found', `there is no authenticator "${idOrName}"`);
    },
    accessRequests: async () => (await deps.accessRequests.list()).map(infoOf),
    decideAccess: (decision) => decideAccess(deps, decision),
    rotateKeys: deps.rotateKeys,
    debugToken: deps.debugToken,
    explain: deps.explain,
    reach: deps.reach,
    shadow: async () => ({
      policies: shadowPolicies(controller.live.owned.map(({ resource }) => resource)),
      disagreements: await deps.shadowCounts(),
    }),
  };
}

function checkState(state: (typeof STATES)[number]): void {
  if (!STATES.includes(state)) throw new AppError('invalid', `the state must be one of: ${STATES.join(', ')}`);
}

function status({ live }: Controller): Omit<StatusAnswer, 'opaBundles'> {
  const { snapshot } = live.compiled;
  const services = snapshot.services.map(
    ({ name, hosts, state }): ServiceStatus => ({
      name,
      hosts,
      state: state.kind,
      because: state.kind === 'broken' ? state.because : null,
    }),
  );
  return { generation: snapshot.generation, domain: snapshot.domain, services, diagnostics: live.diagnostics };
}

async function apply(deps: AdminDeps, request: ApplyRequest): Promise<ApplyAnswer> {
  const { controller } = deps;
  const result = await resultOf(controller, request);
  if (request.dryRun !== true && request.compare !== true) await endDeletedCredentials(deps, result);
  const { planned } = result;
  if (request.decisions === undefined || planned === null) return toAnswer(result);
  const decisions = await deps.compareDecisions(controller.live.compiled.snapshot, planned, request.decisions);
  return { ...toAnswer(result), decisions };
}

function resultOf(controller: Controller, request: ApplyRequest): Promise<ApplyResult> {
  const { texts, include = [], exclude = [] } = request;
  const [prune, dryRun] = [request.prune === true, request.dryRun === true];
  if (request.compare === true) return controller.compare(texts, { prune, include, exclude });
  return controller.apply(texts, { prune, include, exclude, dryRun, createOnly: request.createOnly === true });
}

/** Access tokens end with the Credential that they were made for. */
async function endDeletedCredentials({ credentials }: AdminDeps, { accepted, steps }: ApplyResult): Promise<void> {
  if (!accepted) return;
  for (const { operation, resource } of steps) {
    if (operation === 'delete' && resource.kind === 'Credential') {
      await credentials.end(resource.metadata.name);
    }
  }
}

function toAnswer({ accepted, steps, diagnostics, generation }: ApplyResult): ApplyAnswer {
  const plan = steps.map(({ operation, resource: { kind, metadata } }) => ({
    operation,
    kind,
    name: canonicalName(kind, metadata.name),
  }));
  return { accepted, plan, diagnostics, generation };
}

/** What the system makes is kept elsewhere. */
async function list(deps: AdminDeps, kind: Kind): Promise<Resource[]> {
  const { controller, sessions, credentials, authenticators } = deps;
  if (kind === 'Session') return sessions.list();
  if (kind === 'Authenticator') return authenticators.list();
  const all = listed(controller, kind);
  if (kind !== 'Credential') return all;
  return withStatus(
    credentials,
    all.filter((one) => one.kind === 'Credential'),
  );
}

/** With the built-ins, without any Secret's value. */
function listed({ live }: Controller, kind: Kind): Resource[] {
  return ResourceSet.withBuiltIns(live.owned)
    .list(kind)
    .map(({ resource }) => withoutData(resource));
}

function withoutData(resource: Resource): Resource {
  if (resource.kind !== 'Secret') return resource;
  const { data: _data, ...bare } = resource;
  return bare;
}

async function get(deps: AdminDeps, kind: Kind, name: string): Promise<Resource> {
  const wanted = canonicalName(kind, name);
  const found = (await list(deps, kind)).find(({ metadata }) => metadata.name === wanted || metadata.uid === wanted);
  if (found === undefined) throw new AppError('not-found', `there is no ${keyFor(kind, name)}`);
  return found;
}

/** What acts through a resource ends with it. */
async function remove(deps: AdminDeps, kind: Kind, name: string): Promise<ApplyAnswer> {
  const { controller, sessions, authenticators } = deps;
  if (kind === 'Session' || kind === 'Authenticator') {
    const removed = await (kind === 'Session' ? sessions.revoke(name) : authenticators.remove(name));
    if (removed === null) throw new AppError('not-found', `there is no ${kind.toLowerCase()} "${name}"`);
    const plan = [{ operation: 'delete', kind, name: removed.metadata.name }] as const;
    return { accepted: true, plan, diagnostics: [], generation: controller.live.compiled.snapshot.generation };
  }
  const result = await controller.delete(kind, name);
  await endDeletedCredentials(deps, result);
  return toAnswer(result);
}

async function putSecret(controller: Controller, { name, valueBytes, mode }: SecretRequest): Promise<void> {
  const value = new SecretValue(Buffer.from(valueBytes, 'base64'));
  if (value.byteLength === 0) throw new AppError('invalid', `the value of Secret/${name} is empty`);
  const exists = controller.live.owned.some(
    ({ resource }) => resource.kind === 'Secret' && resource.metadata.name === name,
  );
  if (exists && mode === 'create') {
    throw new AppError('conflict', `Secret/${name} exists already; change it with: ostiary update secret ${name}`);
  }
  if (!exists && mode === 'update') throw new AppError('not-found', `there is no Secret/${name}`);
  await controller.putSecret(name, value);
}
