import { createHash } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { OpaBundle } from '../../model/index.ts';

/** Where the last good bundle of a server is kept. */
export function lastGoodPath(data: string, { name, url = '' }: OpaBundle): string {
  const digest = createHash('sha256').update(url).digest('hex').slice(0, 16);
  return join(folderOf(data), `${name}-${digest}.bundle`);
}

/** What `lastGoodPath` names, and what a process that was killed left of writing it. */
const OURS = /-[0-9a-f]{16}\.bundle(?:\.[0-9a-f]+)?$/;

/**
 * Removes what was kept of all but these bundles; other files stay.
 *
 * @throws what the file system throws
 */
export function pruneLastGood(data: string, bundles: readonly OpaBundle[]): void {
  const kept = new Set(bundles.map((settings) => basename(lastGoodPath(data, settings))));
  const old = namesIn(folderOf(data)).filter((name) => OURS.test(name) && !kept.has(name));
  for (const name of old) rmSync(join(folderOf(data), name));
}

function folderOf(data: string): string {
  return join(data, 'opa');
}

/** None before anything was downloaded. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
