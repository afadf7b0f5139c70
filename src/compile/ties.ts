import type { HeldRow } from './held-rows.ts';
import type { RouteRow, TieRule } from './routes.ts';

/** What is one address in two generations. */
export function addressOf({ host, pattern, methods, priority }: HeldRow): string {
  const words = methods === null ? '' : [...methods].sort().join(' ');
  return [host, pattern.kind, pattern.shape, words, priority].join('\0');
}

/**
 * Who keeps an address that two Services claim. Never the one that happens to be read first: a newcomer could take
 * over a protected host. It stays with whoever had it, and without a history nobody has it.
 */
export function tieRule(before: readonly HeldRow[], standIn: TieRule['standIn']): TieRule {
  const held = new Set(before.map((row) => `${row.service.name}\0${addressOf(row)}`));
  const had = (row: RouteRow) => held.has(`${row.service.name}\0${addressOf(row)}`);
  return { standIn, winner: (a, b) => winnerOf(a, b, had) };
}

function winnerOf(a: RouteRow, b: RouteRow, had: (row: RouteRow) => boolean): RouteRow | null {
  const [aIsBroken, bIsBroken] = [isBroken(a), isBroken(b)];
  if (aIsBroken && bIsBroken) return a;
  if (aIsBroken) return withBroken(a, b, had);
  if (bIsBroken) return withBroken(b, a, had);
  if (had(a) === had(b)) return null;
  return had(a) ? a : b;
}

/** What a broken Service claims may be guessed, so it goes before others only where they would let anybody in. */
function withBroken(broken: RouteRow, sound: RouteRow, had: (row: RouteRow) => boolean): RouteRow {
  return sound.service.anonymous || had(broken) ? broken : sound;
}

export function isBroken({ service }: RouteRow): boolean {
  return service.state.kind === 'broken';
}
