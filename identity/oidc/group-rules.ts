import { RE2JS } from 're2js';
import type { GroupRule, OidcProvider, SamlProvider } from '../../src/model/index.ts';
import { type Claims, ownClaim } from './claims.ts';

/** Of values that are looked at, and of characters in one. */
const MOST_VALUES = 2000;
const LONGEST_VALUE = 512;

/** Names of the Groups that the rules of a provider give to whoever has these claims, each once. */
export function groupsOf(
  claims: Claims,
  { groups }: OidcProvider | SamlProvider | { readonly groups?: never },
): readonly string[] {
  if (groups === undefined) return [];
  const values = valuesOf(ownClaim(claims, groups.claim));
  const fitting = groups.rules.filter((rule) => values.some((value) => fits(value, rule)));
  return [...new Set(fitting.flatMap((rule) => rule.groups))].sort();
}

/** What is no text counts for nothing. */
function valuesOf(claim: unknown): readonly string[] {
  const values = Array.isArray(claim) ? claim.slice(0, MOST_VALUES) : [claim];
  return values.filter((value) => typeof value === 'string' && value !== '' && value.length <= LONGEST_VALUE);
}

function fits(value: string, rule: GroupRule): boolean {
  return rule.exact === undefined ? patternOf(rule).matches(value) : value === rule.exact;
}

const patterns = new WeakMap<GroupRule, RE2JS>();

function patternOf(rule: GroupRule): RE2JS {
  const known = patterns.get(rule) ?? RE2JS.compile(rule.regex ?? '');
  patterns.set(rule, known);
  return known;
}
