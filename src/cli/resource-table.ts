import type { Resource } from '../model/index.ts';

type Column = readonly [heading: string, cell: (resource: Resource) => unknown];

const NAME: Column = ['NAME', ({ metadata }) => metadata.name];

const COLUMNS: readonly Column[] = [
  NAME,
  ['DISPLAY NAME', ({ metadata }) => metadata.displayName],
  ['CREATED', ({ metadata }) => metadata.createdAt],
];

const OF_CREDENTIALS: readonly Column[] = [
  NAME,
  ['TYPE', (one) => (one.kind === 'Credential' ? one.spec.type : null)],
  ['USER', (one) => (one.kind === 'Credential' ? one.spec.user : null)],
  ['EXPIRES', (one) => (one.kind === 'Credential' ? one.spec.expiresAt : null)],
  ['LAST USED', (one) => (one.kind === 'Credential' ? one.status?.lastUsedAt : null)],
];

/** Resources of one kind as a person reads them. */
export function resourceTable(resources: readonly Resource[]): string {
  const columns = resources[0]?.kind === 'Credential' ? OF_CREDENTIALS : COLUMNS;
  const rows = [
    columns.map(([heading]) => heading),
    ...resources.map((resource) => columns.map(([, cell]) => String(cell(resource) ?? ''))),
  ];
  const widths = columns.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i]!))
      .join('  ')
      .trimEnd(),
  );
  return `${lines.join('\n')}\n`;
}
