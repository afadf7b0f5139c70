import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Import, importsOf, sourceFiles } from './source.ts';

/**
 * Who may import whom. A folder stands for everything below it unless a deeper one has a row of its own;
 * `types` are reachable by `import type` only.
 */
interface Row {
  readonly may: readonly string[];
  readonly types?: readonly string[];
}

const TABLE: Record<string, Row> = {
  'src/base': { may: [] },
  'src/model': { may: ['src/base', 'src/plugins/catalog'] },
  'src/dialects': { may: ['src/base', 'src/model'] },
  identity: { may: ['src/base', 'src/model'] },
  policies: { may: ['src/base', 'src/model'], types: ['identity'] },
  'src/secrets': { may: ['src/base', 'src/model'] },
  'src/wire': { may: ['src/base'] },
  'src/gateway': { may: ['src/base'], types: ['src/model', 'identity', 'policies'] },
  'src/plugins': { may: ['src/base', 'src/gateway', 'src/model'], types: ['identity', 'policies', 'src/plugin-api'] },
  'src/plugin-api': { may: [] },
  'src/scripts': { may: ['src/base', 'src/model', 'src/dialects', 'src/plugins'] },
  'src/credentials': { may: ['src/base', 'src/gateway', 'src/secrets'], types: ['src/model', 'identity'] },
  'src/upstream': { may: ['src/base', 'src/gateway', 'src/wire'], types: ['src/model'] },
  'src/downstream': { may: ['src/base', 'src/gateway', 'src/wire'], types: ['src/model'] },
  'src/telemetry': { may: ['src/base', 'src/gateway'], types: ['src/model', 'identity', 'policies'] },
  'src/redis': { may: ['src/base', 'src/gateway'], types: ['src/plugins'] },
  'src/store': { may: ['src/base', 'src/model'], types: ['identity', 'src/secrets'] },
  'src/compile': {
    may: [
      'src/base',
      'src/model',
      'src/gateway',
      'src/plugins',
      'src/credentials',
      'src/upstream',
      'policies',
      'identity/directory',
    ],
    types: ['identity'],
  },
  'src/control': {
    may: ['src/base', 'src/model', 'src/dialects', 'src/compile', 'src/store'],
    types: ['src/gateway', 'src/secrets'],
  },
  'src/admin': {
    may: ['src/base', 'src/model', 'src/control', 'src/store', 'identity', 'policies'],
    types: ['src/secrets'],
  },
  'src/cli': { may: ['src/base', 'src/admin/client'], types: ['src/model', 'src/admin'] },
  'src/web': { may: ['src/base', 'src/gateway'], types: ['src/model'] },
  'src/dev': { may: ['src/base', 'src/web'] },
};

/** `main` knows every folder. */
const COMPOSITION_ROOT = /^src\/main\b/;

function rowOf(path: string): string | null {
  const rows = Object.keys(TABLE).filter((folder) => path === folder || path.startsWith(`${folder}/`));
  return rows.sort((a, b) => b.length - a.length)[0] ?? null;
}

function allowed(from: string, { to, typeOnly }: Import): boolean {
  const fromRow = rowOf(from);
  if (fromRow === null) return false;
  if (rowOf(to) === fromRow) return true;
  const row = TABLE[fromRow]!;
  const covers = (folder: string) => to === folder || to.startsWith(`${folder}/`) || to.startsWith(`${folder}.`);
  return row.may.some(covers) || (typeOnly && (row.types ?? []).some(covers));
}

test('every import between folders stands in the table', () => {
  const wrong = sourceFiles()
    .filter((file) => !COMPOSITION_ROOT.test(file))
    .flatMap((file) =>
      importsOf(file)
        .filter((i) => i.local && !allowed(file, i))
        .map((i) => `${file} imports ${i.to}${i.typeOnly ? ' (types)' : ''}`),
    );
  assert.deepEqual(wrong, []);
});

test('every source file belongs to a folder of the table', () => {
  const homeless = sourceFiles().filter((file) => !COMPOSITION_ROOT.test(file) && rowOf(file) === null);
  assert.deepEqual(homeless, []);
});

test('no two files import each other, however long the way round', () => {
  const edges = new Map(
    sourceFiles().map((file) => [
      file,
      importsOf(file)
        .filter((i) => i.local && !i.typeOnly)
        .map((i) => i.to),
    ]),
  );
  assert.deepEqual(findCycle(edges), null);
});

function findCycle(edges: ReadonlyMap<string, readonly string[]>): string[] | null {
  const done = new Set<string>();
  const visit = (file: string, trail: readonly string[]): string[] | null => {
    const seenAt = trail.indexOf(file);
    if (seenAt >= 0) return [...trail.slice(seenAt), file];
    if (done.has(file)) return null;
    for (const next of edges.get(file) ?? []) {
      const cycle = visit(next, [...trail, file]);
      if (cycle !== null) return cycle;
    }
    done.add(file);
    return null;
  };
  for (const file of edges.keys()) {
    const cycle = visit(file, []);
    if (cycle !== null) return cycle;
  }
  return null;
}
