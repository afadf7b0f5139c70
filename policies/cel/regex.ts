import { RE2JS } from 're2js';
import { Lru } from '../../src/base/lru.ts';

/** Patterns are few and mostly literal; the bound is for those that come out of a request. */
const compiled = new Lru<string, RE2JS>(500);

/**
 * RE2 matches in time linear to the text, which a backtracking engine does not.
 * @throws when the pattern is not RE2 syntax.
 */
export function re2(pattern: string): RE2JS {
  const known = compiled.get(pattern);
  if (known !== undefined) return known;
  const fresh = RE2JS.compile(pattern);
  compiled.set(pattern, fresh);
  return fresh;
}
