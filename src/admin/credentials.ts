import type { CredentialDesk, CredentialSecret } from '../../identity/tokens/credential-desk.ts';
import type { Clock } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import type { Controller } from '../control/controller.ts';
import { readTexts } from '../control/read.ts';
import type { Credential, User } from '../model/index.ts';
import type { AdminApi, CredentialAnswer, CredentialRequest, CredentialType } from './api.ts';
import { scopeWarnings } from './scope-warnings.ts';

export interface CredentialDeps {
  readonly controller: Controller;
  readonly credentials: CredentialDesk;
  readonly clock: Clock;
}

/** Makes a Credential, or something else to show for one that is there. @throws AppError */
export async function createCredential(deps: CredentialDeps, request: CredentialRequest): Promise<CredentialAnswer> {
  const { controller, credentials } = deps;
  const { name, rotate, overlapMs = 0 } = request;
  const user = userOf(controller, request);
  const credential = rotate ? credentialOf(controller, request) : await put(controller, newCredential(deps, request));
  const { clusterConfig, services } = controller.live.compiled.snapshot;
  const names = services.map((service) => service.name);
  const warnings = scopeWarnings(credential.spec.scopes ?? [], names);
  return answerOf(name, await credentials.issue({ credential, user, clusterConfig, rotate, overlapMs }), warnings);
}

/** With how they have been used. */
export function withStatus(credentials: CredentialDesk, made: readonly Credential[]): Promise<Credential[]> {
  return Promise.all(made.map(async (one) => ({ ...one, status: await credentials.statusOf(one) })));
}

function answerOf(name: string, secret: CredentialSecret, warnings: readonly string[]): CredentialAnswer {
  const { expiresAt } = secret;
  if (secret.kind === 'token') return { name, token: secret.token, expiresAt, warnings };
  return { name, clientId: secret.clientId, clientSecret: secret.clientSecret.reveal(), expiresAt, warnings };
}

/** Gives it as it is stored, with its uid. */
async function put(controller: Controller, credential: Credential): Promise<Credential> {
  const { name } = credential.metadata;
  if (findCredential(controller, name) !== null) {
    throw new AppError('conflict', `Credential/${name} exists already; replace its token with --rotate`);
  }
  checkForm(credential);
  const { accepted, diagnostics } = await controller.put(credential);
  const problem = diagnostics.find(({ severity }) => severity === 'error');
  if (!accepted) throw new AppError('invalid', problem?.message ?? `Credential/${name} was refused`);
  return findCredential(controller, name) ?? credential;
}

/** What a command line says is held to the same as what a file does. */
function checkForm(credential: Credential): void {
  const { diagnostics } = readTexts([{ file: 'command line', text: JSON.stringify(credential) }]);
  const mistake = diagnostics.find(({ severity }) => severity === 'error');
  if (mistake === undefined) return;
  const { message, suggestion } = mistake;
  throw new AppError('invalid', suggestion === null ? message : `${message} (${suggestion})`);
}

function userOf(controller: Controller, { user: name, type }: CredentialRequest): User {
  const user = controller.live.compiled.snapshot.directory.user(name);
  if (user === null) throw new AppError('not-found', `there is no User/${name}`);
  if (user.spec.type === 'WORKLOAD' || type === 'auth-token') return user;
  throw new AppError('refused', `User/${name} is of type ${user.spec.type}; access tokens are for WORKLOAD users`);
}

const TYPES: Readonly<Record<CredentialType, Credential['spec']['type']>> = {
  'access-token': 'ACCESS_TOKEN',
  oauth2: 'OAUTH2',
  'auth-token': 'AUTH_TOKEN',
};

function credentialOf(controller: Controller, { name, type }: CredentialRequest): Credential {
  const found = findCredential(controller, name);
  if (found === null) throw new AppError('not-found', `there is no Credential/${name}`);
  if (found.spec.type === TYPES[type]) return found;
  throw new AppError('invalid', `Credential/${name} is of type ${found.spec.type}, not ${TYPES[type]}`);
}

/** The stored one: it has the uid. */
function findCredential({ live }: Controller, name: string): Credential | null {
  for (const { resource } of live.owned) {
    if (resource.kind === 'Credential' && resource.metadata.name === name) return resource;
  }
  return null;
}

function newCredential({ clock }: CredentialDeps, request: CredentialRequest): Credential {
  const { name, user, type, policies, scopes, expiresInMs, maxAuthentications, autoDelete } = request;
  return {
    kind: 'Credential',
    metadata: { name },
    spec: {
      type: TYPES[type],
      user,
      ...(policies.length === 0 ? {} : { authorization: { policies: [...policies] } }),
      ...(scopes.length === 0 ? {} : { scopes: [...scopes] }),
      ...(expiresInMs === null ? {} : { expiresAt: new Date(clock.now() + expiresInMs).toISOString() }),
      ...(maxAuthentications === undefined ? {} : { maxAuthentications }),
      ...(autoDelete === undefined ? {} : { autoDelete }),
    },
  };
}

/** Deletes the stored Credentials that ask for it and can do nothing any more. */
export async function deleteUsedUp(
  admin: Pick<AdminApi, 'list' | 'delete'>,
  credentials: Pick<CredentialDesk, 'isDone'>,
): Promise<void> {
  for (const one of await admin.list('Credential')) {
    if (one.kind === 'Credential' && (await credentials.isDone(one)))
      await admin.delete('Credential', one.metadata.name);
  }
}
