import type { Clock } from '../../src/base/clock.ts';
import { AppError } from '../../src/base/errors.ts';
import type { ClusterConfig, Credential, Session, User } from '../../src/model/index.ts';
import { sessionTerms } from '../sessions/lifetime.ts';
import type { SessionManager } from '../sessions/session-manager.ts';
import { newAccessToken } from './access-token-format.ts';

export interface AccessTokensDeps {
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
    await this.#deps.sessions.addTokenHandle(session, 'access-token', accessToken);
    return { accessToken, session };
  }

  /**
   * A new access token in place of all that the Credential made so far.
   * @param overlapMs so long these are good yet
   */
  async rotate(request: MintRequest, overlapMs = 0): Promise<MintedAccessToken> {
    const former = await this.#deps.sessions.sessionsOfCredential(request.credential.metadata.name);
    const minted = await this.mint(request);
    const endsAt = this.#deps.clock.now() + overlapMs;
    for (const session of former) await this.#end(session, endsAt);
    return minted;
  }

  async #end(session: Session, endsAt: number): Promise<void> {
    const { sessions, clock } = this.#deps;
    if (endsAt <= clock.now()) return void (await sessions.revoke(session.metadata.uid));
    if (Date.parse(session.spec.expiresAt) <= endsAt) return;
    const expiresAt = new Date(endsAt).toISOString();
    await sessions.change(session.metadata.uid, (now) => ({ ...now, spec: { ...now.spec, expiresAt } }));
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
