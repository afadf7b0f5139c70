import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

/** An import as written: `to` is a path from the repository's root, or the package's name when it is not `local`. */
export interface Import {
  readonly to: string;
  readonly local: boolean;
  readonly typeOnly: boolean;
  /** Imported when the program comes to it. */
  readonly lazy: boolean;
}

export const ROOT = join(import.meta.dirname, '../..');

export function sourceFiles(): string[] {
  return globSync(['src/**/*.ts', 'identity/**/*.ts', 'policies/**/*.ts'], { cwd: ROOT }).sort();
}

const IMPORT = /^\s*(?:import|export)\s+(type\s+)?(?:[^'"();]*?\sfrom\s+)?'([^']+)'|\bimport\('([^']+)'\)/gm;

export function importsOf(file: string): Import[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  return [...text.matchAll(IMPORT)].map((match) => {
    const specifier = (match[2] ?? match[3]) as string;
    const local = specifier.startsWith('.');
    const to = local ? normalize(join(dirname(file), specifier)) : specifier;
    return { to, local, typeOnly: match[1] !== undefined, lazy: match[3] !== undefined };
  });
}

/** Everything that loads when `entry` is loaded: files and packages, types left out. */
export function reachableFrom(entry: string): Set<string> {
  const seen = new Set<string>();
  const queue = [entry];
  while (queue.length > 0) {
    const file = queue.pop() as string;
    if (seen.has(file)) continue;
    seen.add(file);
    if (!file.endsWith('.ts')) continue;
    for (const { to, typeOnly } of importsOf(file)) if (!typeOnly) queue.push(to);
  }
  return seen;
}
