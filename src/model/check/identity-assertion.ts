import { durationMs } from '../../base/duration.ts';
import type { HttpAuth } from '../service/auth.ts';
import type { ServiceConfig } from '../service/config.ts';
import { assertionHeaders, type IdentityAssertion } from '../service/identity-assertion.ts';
import type { ServiceSpec } from '../service/service.ts';
import type { KeyPath } from '../source.ts';
import { quote } from '../validate/describe.ts';
import { type Problem, problem } from '../validate/problem.ts';

const SHORTEST_MS = 10_000;
const LONGEST_MS = 5 * 60_000;

/** The identity assertions of all configs of a Service. */
export function checkIdentityAssertions({ config, dynamicConfig, isAnonymous }: ServiceSpec): Problem[] {
  const configs: readonly (readonly [ServiceConfig | undefined, KeyPath])[] = [
    [config, ['spec', 'config']],
    ...(dynamicConfig?.configs ?? []).map((one, i) => [one, ['spec', 'dynamicConfig', 'configs', i]] as const),
  ];
  return configs.flatMap(([one, path]) => {
    const assertion = one?.http?.identityAssertion;
    const at = [...path, 'http', 'identityAssertion'];
    return assertion === undefined ? [] : checkAssertion(one!, assertion, isAnonymous === true, at);
  });
}

function checkAssertion(
  { http }: ServiceConfig,
  assertion: IdentityAssertion,
  anonymous: boolean,
  at: KeyPath,
): Problem[] {
  const problems = [...checkLifetime(assertion, at), ...checkNames(assertion, http?.auth, at)];
  if (!anonymous) return problems;
  return [...problems, problem(at, 'has no effect on an anonymous Service', { at: 'key', severity: 'warning' })];
}

function checkLifetime({ lifetime }: IdentityAssertion, at: KeyPath): Problem[] {
  const ms = lifetime === undefined ? null : durationMs(lifetime);
  if (ms === null || (ms >= SHORTEST_MS && ms <= LONGEST_MS)) return [];
  return [problem([...at, 'lifetime'], 'must be from 10s to 5m')];
}

function checkNames(assertion: IdentityAssertion, auth: HttpAuth | undefined, at: KeyPath): Problem[] {
  const [kind, credential] =
    auth?.custom === undefined ? ['signedJWT', auth?.signedJWT?.header] : ['custom', auth.custom.header];
  const names = assertionHeaders(assertion).map((name) => name.toLowerCase());
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  const problems = twice === undefined ? [] : [problem(at, `two values are to go in the header ${quote(twice)}`)];
  if (credential === undefined || !names.includes(credential.toLowerCase())) return problems;
  return [...problems, problem(at, `the header ${quote(credential)} is taken by http.auth.${kind}`)];
}

/** Clients may not send these headers to any Service, so they must be known before a request comes. */
export function checkComputedAssertion({ http }: ServiceConfig): Problem[] {
  if (http?.identityAssertion === undefined) return [];
  const message = 'cannot be computed; it may stand in the config that is named as parent';
  return [problem(['http', 'identityAssertion'], message, { at: 'key' })];
}
