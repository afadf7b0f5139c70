import { durationMs } from '../../base/duration.ts';
import type { Duration } from '../scalars.ts';
import type { KeyPath } from '../source.ts';
import { type Problem, problem } from '../validate/problem.ts';

/** @param without what is missing, as in `without policy: HASH` */
export function noEffect(path: KeyPath, without: string): Problem {
  return problem(path, `has no effect ${without}`, { at: 'key', severity: 'warning' });
}

/** In lower case, without the colon; empty when there is none. */
export function schemeOf(url: string): string {
  return url.slice(0, Math.max(0, url.indexOf(':'))).toLowerCase();
}

/**
 * A duration that another one is the limit of must not be longer.
 * @param most what the limit is when it is left out; `null`: as long as need be
 */
export function checkLimit<F extends string>(
  given: { readonly [K in F]?: Duration | undefined },
  name: F,
  limit: F,
  most: string | null,
  at: KeyPath,
): Problem[] {
  const [duration, longest] = [given[name], given[limit] ?? most];
  if (duration === undefined || longest === null || msOf(duration) <= msOf(longest)) return [];
  if (given[limit] !== undefined) return [problem([...at, limit], `is shorter than ${name}`)];
  return [problem([...at, name], `is longer than ${limit} (${most})`)];
}

/** What is no duration is a mistake of its own. */
function msOf(duration: Duration): number {
  return durationMs(duration) ?? 0;
}
