import { durationMs } from '../../base/duration.ts';
import type { AcceptedToken } from '../service/accepted-tokens.ts';
import type { ServiceSpec } from '../service/service.ts';
import type { KeyPath } from '../source.ts';
import { issuerUrlFormat } from '../validate/formats/urls.ts';
import { type Problem, problem } from '../validate/problem.ts';
import type { Checked } from './checker.ts';

const LONGEST_MS = 60_000;

/** Tokens of others: that somebody can be found by them, and by nobody else's. */
export function checkAcceptedTokens({ authentication, isAnonymous }: ServiceSpec, all: Checked): Problem[] {
  const tokens = authentication?.tokens ?? [];
  const at: KeyPath = ['spec', 'authentication', 'tokens'];
  if (tokens.length > 0 && isAnonymous === true) {
    return [problem(at, 'have no effect on an anonymous Service', { at: 'key' })];
  }
  const introspecting = tokens.flatMap(({ introspection }, i) => (introspection === undefined ? [] : [i]));
  const more = introspecting.slice(1).map((i) => {
    // Whoever is asked learns the token, so it is not shown around.
    return problem([...at, i, 'introspection'], 'one Service asks one introspection endpoint', { at: 'key' });
  });
  return [...tokens.flatMap((token, i) => checkToken(token, [...at, i], all)), ...more];
}

function checkToken(token: AcceptedToken, at: KeyPath, all: Checked): Problem[] {
  return [
    ...checkMapping(token, at),
    ...checkIssuer(token, at),
    ...checkProvider(token, at, all),
    ...checkCache(token, at),
  ];
}

function checkMapping({ identityProvider, ...token }: AcceptedToken, at: KeyPath): Problem[] {
  if (identityProvider !== undefined || token.letSubjectsWithoutUserInAsTransientPrincipals === true) return [];
  const message = 'identityProvider is needed, or letSubjectsWithoutUserInAsTransientPrincipals: true';
  return [problem(at, message, { wants: ['identityProvider'] })];
}

function checkIssuer({ jwt }: AcceptedToken, at: KeyPath): Problem[] {
  if (jwt === undefined || jwt.jwksURL !== undefined) return [];
  const found = issuerUrlFormat(jwt.issuer);
  if (found === null) return [];
  const suggestion = 'name its keys with jwksURL';
  return [problem([...at, 'jwt', 'issuer'], `it cannot be discovered: ${found.message}`, { suggestion })];
}

/** Two issuers may call two people by the same `sub`. */
function checkProvider({ jwt, introspection, identityProvider }: AcceptedToken, at: KeyPath, all: Checked): Problem[] {
  if (identityProvider === undefined) return [];
  const oidc = all.set.get('IdentityProvider', identityProvider)?.resource.spec.oidc;
  if (oidc === undefined) return [];
  const path = [...at, 'identityProvider'];
  const issuer = jwt?.issuer ?? introspection?.issuer;
  const problems: Problem[] = [];
  if (issuer !== undefined && withoutSlash(issuer) !== withoutSlash(oidc.issuerURL)) {
    problems.push(problem(path, 'its identities are those of another issuer'));
  }
  if (oidc.identifierClaim !== undefined && oidc.identifierClaim !== 'sub') {
    problems.push(problem(path, `its identities are values of ${oidc.identifierClaim}, not of sub`));
  }
  return problems;
}

function withoutSlash(issuer: string): string {
  return issuer.endsWith('/') ? issuer.slice(0, -1) : issuer;
}

function checkCache({ introspection }: AcceptedToken, at: KeyPath): Problem[] {
  const given = introspection?.cacheDuration;
  if (given === undefined || (durationMs(given) ?? 0) <= LONGEST_MS) return [];
  return [problem([...at, 'introspection', 'cacheDuration'], 'must be 60s at most')];
}
