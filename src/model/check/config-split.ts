import type { ConfigSplit } from '../service/config-split.ts';
import type { ServiceSpec } from '../service/service.ts';
import type { KeyPath } from '../source.ts';
import { quote } from '../validate/describe.ts';
import { type Problem, problem } from '../validate/problem.ts';

/** Whether the split can choose anything, and whether what requests stay by is there; names are checked apart. */
export function checkSplit({ configs, stickyBy }: ConfigSplit, spec: ServiceSpec, at: KeyPath): Problem[] {
  const missing = typeof stickyBy === 'string' ? missingFor(stickyBy, spec) : null;
  return [
    ...(configs.some(({ weight }) => weight > 0)
      ? []
      : [problem([...at, 'configs'], 'no config has a weight above 0, so that none could be chosen', { at: 'key' })]),
    ...(missing === null ? [] : [problem([...at, 'stickyBy'], `${quote(String(stickyBy))}: ${missing}`, INSTEAD)]),
  ];
}

const INSTEAD = { suggestion: 'use ADDRESS, or {eval: …}' };

function missingFor(stickyBy: string, { isAnonymous, mode }: ServiceSpec): string | null {
  const needsPerson = stickyBy === 'USER' || stickyBy === 'SESSION';
  if (needsPerson && isAnonymous === true) return 'on a Service that is anonymous nobody is signed in';
  if (stickyBy === 'COOKIE' && mode === 'GRPC') return 'callers of gRPC keep no cookies';
  return null;
}
