import { errors, type JWTPayload, jwtVerify } from 'jose';
import type { Clock } from '../../../src/base/clock.ts';
import { hashHandle } from '../../../src/base/ids.ts';
import type { IdentityProvider, User } from '../../../src/model/index.ts';
import { usersOfToken } from '../../directory/match-user.ts';
import type { RecordStore } from '../../ports.ts';
import type { RecognisedBy } from '../../sessions/new-session.ts';
import type { SiteConfig } from '../../site/visit.ts';
import { audienceOf, audiencesOf, type Issuer, issuerOf, providerOf, statedBy } from './issuer.ts';
import type { KeySets } from './key-sets.ts';

/** Asymmetric ones only: nobody can sign with a key that is public. */
export const ASSERTION_ALGORITHMS = ['RS256', 'ES256', 'ES384', 'EdDSA', 'Ed25519'];

const SPACE = 'assertion';
/** Seconds that clocks may differ. */
const TOLERANCE = 60;

export interface AssertionDeps {
  readonly keySets: KeySets;
  readonly records: RecordStore;
  readonly clock: Clock;
}

/** Which workload another issuer's token speaks for. */
export interface WorkloadAssertion {
  readonly kind: 'verified';
  readonly user: User;
  readonly subject: string;
  readonly by: RecognisedBy;
}

/** For the log: whoever asked is told no more than that it is not valid. */
export interface UnusableAssertion {
  readonly kind: 'unusable';
  readonly detail: string;
}

/**
 * Verifies a token of an IdentityProvider with `oidcIdentityToken` (RFC 7523 3), which must be meant for us alone.
 * @throws AppError `unavailable`: the issuer's keys cannot be read
 */
export async function verifyAssertion(
  deps: AssertionDeps,
  config: SiteConfig,
  token: string,
): Promise<WorkloadAssertion | UnusableAssertion> {
  const stated = statedBy(token);
  if (stated === null) return unusable('not a JWT, or one that brings its own key');
  const found = providerOf(config, stated);
  if (found === null) return unusable('no IdentityProvider has this issuer and audience');
  const verified = await verifiedClaims(deps, found, token, config);
  return verified.kind === 'unusable' ? verified : settle(deps, found.provider, verified.claims, config);
}

interface VerifiedClaims {
  readonly kind: 'claims';
  readonly claims: JWTPayload;
}

async function verifiedClaims(
  deps: AssertionDeps,
  { settings }: Issuer,
  token: string,
  config: SiteConfig,
): Promise<VerifiedClaims | UnusableAssertion> {
  const now = deps.clock.now();
  try {
    const { payload } = await jwtVerify(token, await deps.keySets.keysOf(settings), {
      algorithms: ASSERTION_ALGORITHMS,
      issuer: issuerOf(settings)!,
      audience: audienceOf(settings, config),
      requiredClaims: ['sub', 'exp'],
      clockTolerance: TOLERANCE,
      currentDate: new Date(now),
    });
    if (audiencesOf(payload.aud).length > 1) return unusable('it is meant for others too');
    if ((payload.iat ?? 0) > now / 1000 + TOLERANCE) return unusable('it was issued in the future');
    // RFC 8417 2.2: a logout token is one. RFC 7800 3: only whoever has the key may show it, and nobody has shown one.
    if (payload.events !== undefined) return unusable('it tells about an event');
    if (payload.cnf !== undefined) return unusable('it is bound to a key');
    return { kind: 'claims', claims: payload };
  } catch (thrown) {
    if (isOfToken(thrown)) return unusable(thrown.message);
    throw thrown;
  }
}

/** Errors of jose are about the token, but for those about reading the keys. */
function isOfToken(thrown: unknown): thrown is Error {
  if (thrown instanceof errors.JWKSTimeout || thrown instanceof errors.JWKSInvalid) return false;
  return thrown instanceof errors.JOSEError && thrown.code !== 'ERR_JOSE_GENERIC';
}

async function settle(
  deps: AssertionDeps,
  provider: IdentityProvider,
  claims: JWTPayload,
  { directory }: SiteConfig,
): Promise<WorkloadAssertion | UnusableAssertion> {
  const { name } = provider.metadata;
  const subject = String(claims.sub);
  const [user, another] = usersOfToken(directory, name, { issuer: String(claims.iss), subject });
  if (user === undefined || another !== undefined) return unusable(`${name}: not one User is ${subject.slice(0, 200)}`);
  if (user.spec.type !== 'WORKLOAD') return unusable(`${name}: User ${user.metadata.name} is a person`);
  if (user.spec.isDisabled === true) return unusable(`${name}: User ${user.metadata.name} is disabled`);
  if (!(await isFirstUse(deps, claims))) return unusable(`${name}: it was shown before`);
  const identityProvider = { identityProviderRef: { name }, identifier: subject, issuer: String(claims.iss), subject };
  return { kind: 'verified', user, subject, by: { type: 'IDENTITY_PROVIDER', identityProvider } };
}

/** RFC 7523 3: what has a `jti` is good once. */
async function isFirstUse({ records }: AssertionDeps, { iss, jti, exp }: JWTPayload): Promise<boolean> {
  if (jti === undefined) return true;
  const key = hashHandle(JSON.stringify([iss, jti]));
  return records.add({ space: SPACE, key, owner: '', expiresAt: (Number(exp) + TOLERANCE) * 1000, json: '{}' });
}

function unusable(detail: string): UnusableAssertion {
  return { kind: 'unusable', detail };
}
