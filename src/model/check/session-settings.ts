import { durationMs } from '../../base/duration.ts';
import type { SessionSettings } from '../session-settings.ts';
import type { KeyPath } from '../source.ts';
import { type Problem, problem } from '../validate/problem.ts';

/** What is stated about sessions and would change nothing. */
export function checkSessionSettings(
  settings: SessionSettings | undefined,
  type: 'HUMAN' | 'WORKLOAD',
  at: KeyPath,
): Problem[] {
  const { accessTokenDuration, refreshTokenDuration } = settings ?? {};
  if (refreshTokenDuration === undefined) return [];
  const path = [...at, 'refreshTokenDuration'];
  const warn = (message: string) => [problem(path, message, { at: 'key', severity: 'warning' })];
  if (type === 'WORKLOAD') return warn('has no effect: only logins of people are renewed');
  const access = accessTokenDuration === undefined ? null : durationMs(accessTokenDuration);
  const refresh = durationMs(refreshTokenDuration);
  return access !== null && refresh !== null && refresh < access
    ? warn('is shorter than accessTokenDuration, which counts instead')
    : [];
}
