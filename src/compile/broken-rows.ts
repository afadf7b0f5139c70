import type { CompiledService } from '../gateway/snapshot.ts';
import type { HeldRow } from './held-rows.ts';
import { ANY_PATH } from './path-pattern.ts';
import { type Match, type RouteRow, rowsOf } from './routes.ts';
import { addressOf } from './ties.ts';

/**
 * Where a broken Service answers: where it did before, what it can be understood to claim now, and its own hosts
 * whole. Too little would let a broader Service answer in its place, which may be open to more people.
 */
export function brokenRows(
  service: CompiledService,
  guessed: Match,
  ownHosts: readonly string[],
  before: readonly HeldRow[],
): RouteRow[] {
  const kept = before.filter((row) => row.service.name === service.name).map((row) => ({ ...row, service }));
  const whole = ownHosts.map((host) => ({ service, host, pattern: ANY_PATH, methods: null, priority: 0 }));
  const rows = [...kept, ...rowsOf(service, guessed), ...whole];
  return [...new Map(rows.map((row) => [addressOf(row), row])).values()];
}
