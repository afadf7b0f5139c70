import { RE2JS } from 're2js';
import { durationMs } from '../../base/duration.ts';
import type {
  GroupMapping,
  GroupRule,
  IdentityProvider,
  OidcIdentityToken,
  OidcProvider,
  SamlProvider,
} from '../identity-provider.ts';
import { readSamlMetadata } from '../saml-metadata.ts';
import type { KeyPath } from '../source.ts';
import { type Problem, problem } from '../validate/problem.ts';
import type { ResourceCheck } from './checker.ts';

/** How the fields of an IdentityProvider go together. */
export const checkIdentityProvider: ResourceCheck<IdentityProvider> = ({ spec }) => [
  ...(spec.oidc === undefined ? [] : checkOidc(spec.oidc)),
  ...(spec.saml === undefined ? [] : checkSaml(spec.saml)),
  ...checkDomains(spec.emailDomains, ['spec', 'emailDomains']),
  ...checkDomains(spec.justInTime?.emailDomains, ['spec', 'justInTime', 'emailDomains']),
  ...checkAdmission(spec),
  ...checkIdentityToken(spec.oidcIdentityToken, ['spec', 'oidcIdentityToken']),
];

function checkOidc(oidc: OidcProvider): Problem[] {
  return [
    ...checkClientAuthentication(oidc),
    ...checkGroups(oidc.groups, ['spec', 'oidc', 'groups']),
    ...checkInterval(oidc),
  ];
}

function checkClientAuthentication({ clientAuthentication, privateKey }: OidcProvider): Problem[] {
  if (clientAuthentication === undefined) return [];
  const isByKey = clientAuthentication === 'private_key_jwt';
  if (isByKey === (privateKey !== undefined)) return [];
  const message = isByKey ? 'needs privateKey' : 'needs clientSecret, not privateKey';
  return [problem(['spec', 'oidc', 'clientAuthentication'], message)];
}

function checkSaml({ metadata, groups }: SamlProvider): Problem[] {
  const reading = metadata === undefined ? null : readSamlMetadata(metadata);
  return [
    ...(reading === null || reading.ok
      ? []
      : [problem(['spec', 'saml', 'metadata'], `cannot be used: ${reading.message}`)]),
    ...checkGroups(groups, ['spec', 'saml', 'groups']),
  ];
}

function checkGroups(groups: GroupMapping | undefined, at: KeyPath): Problem[] {
  return (groups?.rules ?? []).flatMap((rule, i) => checkRule(rule, [...at, 'rules', i]));
}

function checkRule({ regex }: GroupRule, at: KeyPath): Problem[] {
  if (regex === undefined) return [];
  try {
    RE2JS.compile(regex);
    return [];
  } catch (thrown) {
    const because = thrown instanceof Error ? thrown.message : String(thrown);
    return [problem([...at, 'regex'], `is not an RE2 expression: ${because}`)];
  }
}

const SHORTEST_INTERVAL = 60_000;

function checkInterval({ refresh }: OidcProvider): Problem[] {
  const ms = refresh === undefined ? null : durationMs(refresh.interval);
  if (ms === null || ms >= SHORTEST_INTERVAL) return [];
  return [problem(['spec', 'oidc', 'refresh', 'interval'], 'must be 1m or more')];
}

/** Domains are compared whole. */
function checkDomains(domains: readonly string[] = [], path: readonly string[]): Problem[] {
  return domains.flatMap((domain, i) =>
    domain.startsWith('*.') ? [problem([...path, i], 'must be a whole domain, without a wildcard')] : [],
  );
}

function checkAdmission({ justInTime }: IdentityProvider['spec']): Problem[] {
  if (justInTime?.allowed !== true || justInTime.emailDomains !== undefined) return [];
  const message = 'without emailDomains, everybody whom the provider knows becomes a User';
  return [problem(['spec', 'justInTime', 'allowed'], message, { severity: 'warning' })];
}

function checkIdentityToken(token: OidcIdentityToken | undefined, at: KeyPath): Problem[] {
  return token === undefined ? [] : [...checkIssuer(token, at), ...checkKeys(token, at)];
}

/** Keys alone do not say whose tokens they are. */
function checkIssuer({ issuerURL, issuer }: OidcIdentityToken, at: KeyPath): Problem[] {
  if (issuerURL !== undefined || issuer !== undefined) return [];
  return [problem(at, 'issuer is needed beside jwksURL and jwksContent', { at: 'key' })];
}

function checkKeys({ jwksContent }: OidcIdentityToken, at: KeyPath): Problem[] {
  if (jwksContent === undefined || isKeySet(jwksContent)) return [];
  return [problem([...at, 'jwksContent'], 'this is not a JSON Web Key Set with public keys')];
}

function isKeySet(text: string): boolean {
  try {
    const { keys } = JSON.parse(text) as { readonly keys?: unknown };
    return Array.isArray(keys) && keys.length > 0 && keys.every(isPublicKey);
  } catch {
    return false; // not JSON, or null
  }
}

function isPublicKey(key: unknown): boolean {
  return typeof key === 'object' && key !== null && 'kty' in key && key.kty !== 'oct' && !('d' in key);
}
