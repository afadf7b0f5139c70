import type { Clock } from '../../src/base/clock.ts';
import { AppError } from '../../src/base/errors.ts';
import type { Credential, Session } from '../../src/model/index.ts';
import type { NewClientSecret, OAuth2Clients } from '../oauth2/clients.ts';
import type { IdentityStore } from '../ports.ts';
import type { SessionManager } from '../sessions/session-manager.ts';
import type { AccessTokens, MintRequest } from './access-tokens.ts';
import type { AuthTokens } from './auth-tokens.ts';
import type { CredentialUse } from './credential-use.ts';

export interface CredentialDeskDeps {
  readonly store: Pick<IdentityStore, 'sessions'>;
  readonly sessions: SessionManager;
  readonly accessTokens: AccessTokens;
  readonly clients: OAuth2Clients;
  readonly authTokens: AuthTokens;
  readonly uses: CredentialUse;
  readonly clock: Clock;
}

/** What a Credential is shown with, given once. */
export type CredentialSecret =
  | { readonly kind: 'token'; readonly token: string; readonly expiresAt: string | null }
  | ({ readonly kind: 'client'; readonly expiresAt: string | null } & NewClientSecret);

export interface IssueRequest extends MintRequest {
  /** Of a Credential that may have one already. */
  readonly rotate: boolean;
  /** Milliseconds that the secrets before are good yet. */
  readonly overlapMs: number;
}

/** Of one access token. Times are RFC 3339. */
interface TokenStatus {
  readonly session: string;
  readonly createdAt: string | null;
  readonly expiresAt: string;
  /** Left out: not used yet. */
  readonly lastUsedAt?: string;
}

/** Makes, shows and ends what Credentials are shown with, of whatever type they are. */
export class CredentialDesk {
  readonly #deps: CredentialDeskDeps;

  constructor(deps: CredentialDeskDeps) {
    this.#deps = deps;
  }

  /** @throws AppError when the Credential or its User may not have it */
  issue(request: IssueRequest): Promise<CredentialSecret> {
    checkIsUsable(request, this.#deps.clock.now());
    switch (request.credential.spec.type) {
      case 'ACCESS_TOKEN':
        return this.#accessToken(request);
      case 'OAUTH2':
        return this.#client(request);
      case 'AUTH_TOKEN':
        return this.#authToken(request);
    }
  }

  async #accessToken(request: IssueRequest): Promise<CredentialSecret> {
    const { accessTokens } = this.#deps;
    const minted = request.rotate
      ? await accessTokens.rotate(request, request.overlapMs)
      : await accessTokens.mint(request);
    return { kind: 'token', token: minted.accessToken, expiresAt: minted.session.spec.expiresAt };
  }

  async #client(request: IssueRequest): Promise<CredentialSecret> {
    const made = await this.#deps.clients.rotate(request, request.overlapMs);
    return { kind: 'client', ...made, expiresAt: request.credential.spec.expiresAt ?? null };
  }

  async #authToken(request: IssueRequest): Promise<CredentialSecret> {
    const token = await this.#deps.authTokens.rotate(request, request.overlapMs);
    return { kind: 'token', token: token.reveal(), expiresAt: request.credential.spec.expiresAt ?? null };
  }

  /** How a Credential has been used so far, as its `status`. */
  async statusOf({ metadata, spec }: Credential): Promise<Record<string, unknown>> {
    const { clients, authTokens, uses } = this.#deps;
    switch (spec.type) {
      case 'ACCESS_TOKEN': {
        const tokens = await this.#tokensOf(metadata.name);
        const times = tokens.flatMap(({ lastUsedAt }) => lastUsedAt ?? []).sort();
        return { tokens, ...(times.length === 0 ? {} : { lastUsedAt: times.at(-1) }) };
      }
      case 'OAUTH2': {
        const client = await clients.summary(metadata.name);
        const used = timeOf(await uses.lastOf(metadata.name));
        return client === null ? used : { id: client.clientId, totalRotations: client.rotations, ...used };
      }
      case 'AUTH_TOKEN': {
        const totalAuthentications = await authTokens.usesOf(metadata.name);
        return { totalAuthentications, ...timeOf(await uses.lastOf(metadata.name)) };
      }
    }
  }

  async #tokensOf(credential: string): Promise<TokenStatus[]> {
    const sessions = await this.#deps.sessions.sessionsOfCredential(credential);
    return Promise.all(sessions.map((session) => this.#tokenOf(session)));
  }

  async #tokenOf({ metadata, spec }: Session): Promise<TokenStatus> {
    const seen = await this.#deps.store.sessions.get(metadata.uid);
    const createdAt = metadata.createdAt ?? null;
    const isUsed = seen !== null && createdAt !== null && seen.seenAt > Date.parse(createdAt);
    return { session: metadata.name, createdAt, expiresAt: spec.expiresAt, ...timeOf(isUsed ? seen.seenAt : null) };
  }

  /** Whether it is to be deleted now: nothing can be got with it, and nothing acts with it. */
  async isDone(credential: Credential): Promise<boolean> {
    const { authTokens, sessions, clock } = this.#deps;
    if (credential.spec.autoDelete !== true || !(await authTokens.areUsedUp(credential))) return false;
    const made = await sessions.sessionsOfCredential(credential.metadata.name);
    return made.every(({ spec }) => Date.parse(spec.expiresAt) <= clock.now());
  }

  /** The Credential is gone: so is everything that was made with it. */
  async end(credential: string): Promise<void> {
    const { sessions, clients, authTokens, uses } = this.#deps;
    await sessions.revokeOfCredential(credential);
    await clients.forget(credential);
    await authTokens.forget(credential);
    await uses.forget(credential);
  }
}

function timeOf(ms: number | null): { readonly lastUsedAt?: string } {
  return ms === null ? {} : { lastUsedAt: new Date(ms).toISOString() };
}

function checkIsUsable({ credential, user }: IssueRequest, now: number): void {
  const { metadata, spec } = credential;
  const named = `Credential "${metadata.name}"`;
  if (spec.user !== user.metadata.name) {
    throw new AppError('invalid', `${named} belongs to the user "${spec.user}", not "${user.metadata.name}".`);
  }
  if (spec.isDisabled === true) throw new AppError('refused', `${named} is disabled.`);
  if (user.spec.isDisabled === true) throw new AppError('refused', `User "${user.metadata.name}" is disabled.`);
  if (spec.expiresAt !== undefined && !(now < Date.parse(spec.expiresAt))) {
    throw new AppError('invalid', `${named} expired at ${spec.expiresAt}.`);
  }
}
