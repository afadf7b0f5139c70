import type { Clock } from '../../src/base/clock.ts';
import { AppError } from '../../src/base/errors.ts';
import { hashHandle } from '../../src/base/ids.ts';
import type { ClusterConfig, Credential, Session, User } from '../../src/model/index.ts';
import type { IdentityStore } from '../ports.ts';
import { sessionTerms } from '../sessions/lifetime.ts';
import type { SessionManager } from '../sessions/session-manager.ts';
import { newAccessToken } from './access-token-format.ts';

export interface AccessTokensDeps {
  readonly store: IdentityStore;
  readonly sessions: SessionManager;
  readonly clock: Clock;
}

export interface MintRequest {
  readonly credential: Credential;
  readonly user: User;
  readonly clusterConfig: ClusterConfig | null;
}

export interface MintedAccessToken {
  /** Shown to whoever asked, once; only its hash is stored. */
  readonly accessToken: string;
  readonly session: Session;
}

/** Access tokens of workloads: each is a session of its own, so each can be seen and revoked by itself. */
export class AccessTokens {
  readonly #deps: AccessTokensDeps;

  constructor(deps: AccessTokensDeps) {
    this.#deps = deps;
  }

  /** @throws AppError when the Credential or its User may not have access tokens */
  async mint(request: MintRequest): Promise<MintedAccessToken> {
    const { credential, user, clusterConfig } = request;
    checkMayMint(credential, user);
    const expiresAt = this.#expiryOf(credential, user, clusterConfig);
    const session = await this.#deps.sessions.createForCredential(credential, user, expiresAt);
    const accessToken = newAccessToken();
    await this.#store(accessToken, credential, session, expiresAt);
    return { accessToken, session };
  }

  /** A new access token in place of all that the Credential made so far. */
  async rotate(request: MintRequest): Promise<MintedAccessToken> {
    const former = await this.#deps.sessions.sessionsOfCredential(request.credential.metadata.name);
    const minted = await this.mint(request);
    for (const session of former) await this.#deps.sessions.revoke(session.metadata.uid);
    return minted;
  }

  async #store(accessToken: string, credential: Credential, session: Session, expiresAt: number): Promise<void> {
    await this.#deps.store.handles.put({
      hash: hashHandle(accessToken),
      kind: 'access-token',
      sessionUid: session.metadata.uid,
      host: null,
      credential: credential.metadata.name,
      createdAt: this.#deps.clock.now(),
      expiresAt,
    });
  }

  #expiryOf(credential: Credential, user: User, clusterConfig: ClusterConfig | null): number {
    const now = this.#deps.clock.now();
    const stated = credential.spec.expiresAt;
    if (stated === undefined) return now + sessionTerms(user, clusterConfig?.spec.session).lifetime;
    const expiresAt = Date.parse(stated);
    if (!(now < expiresAt)) refuse('invalid', `Credential "${credential.metadata.name}" expired at ${stated}.`);
    return expiresAt;
  }
}

function checkMayMint({ metadata, spec }: Credential, user: User): void {
  const name = metadata.name;
  const owner = user.metadata.name;
  if (spec.type !== 'ACCESS_TOKEN')
    refuse('invalid', `Credential "${name}" is of type ${spec.type}, not ACCESS_TOKEN.`);
  if (spec.user !== owner)
    refuse('invalid', `Credential "${name}" belongs to the user "${spec.user}", not "${owner}".`);
  if (user.spec.type !== 'WORKLOAD') {
    refuse('refused', `User "${owner}" is a person. Access tokens are for users of type WORKLOAD; people sign in.`);
  }
  if (user.spec.isDisabled === true) refuse('refused', `User "${owner}" is disabled.`);
  if (spec.isDisabled === true) refuse('refused', `Credential "${name}" is disabled.`);
}

function refuse(code: 'invalid' | 'refused', message: string): never {
  throw new AppError(code, message);
}
