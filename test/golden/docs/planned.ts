import { KIND_NAMES, KINDS } from '../../../src/model/index.ts';
import { asNode, resolved, type SchemaNode } from '../../../src/model/validate/schema-node.ts';
import { table } from './table.ts';

/** Something of the language that is known and not implemented yet. */
interface Planned {
  readonly path: string;
  readonly comesWith: string;
  readonly instead: string;
}

/** Inline policies are as in a Policy, named configs as the default config. */
const SAME_AS_ELSEWHERE = /(\.inlinePolicies|^spec\.dynamicConfig\.configs)$/;

/** The page about it, made from the schemas. */
export function plannedPage(): string {
  const whole = KIND_NAMES.filter((kind) => KINDS[kind].planned !== null);
  const kinds = KIND_NAMES.filter((kind) => KINDS[kind].planned === null);
  const sections = kinds.flatMap((kind) => section(kind, plannedIn(asNode(KINDS[kind].schema), '')));
  const rest = whole.map((kind) => [`\`${kind}\``, KINDS[kind].planned ?? '']);
  const condition = plannedIn(resolved({ $ref: 'Condition' }), '');
  return [
    '# Known and not implemented yet',
    'Using one of these is an error that says so; nothing is silently ignored. This page is made from the\nschemas. ' +
      'What is said of the default config holds for named configs, and what is said of a Policy for inline\n' +
      'policies.',
    table(['kind', 'comes with'], rest),
    ...section('Any condition', condition),
    ...sections,
  ]
    .join('\n\n')
    .concat('\n');
}

function section(title: string, found: readonly Planned[]): string[] {
  const rows = found.map(({ path, comesWith, instead }) => [`\`${path}\``, comesWith, instead]);
  return rows.length === 0 ? [] : [`## ${title}`, table(['field', 'comes with', 'until then'], rows)];
}

function plannedIn(node: SchemaNode, path: string): Planned[] {
  if (SAME_AS_ELSEWHERE.test(path)) return [];
  const comesWith = node['x-planned'];
  if (comesWith !== undefined) return [{ path, comesWith, instead: node['x-instead'] ?? '' }];
  const until = node['x-until-then'];
  if (until !== undefined) return [{ path, comesWith: 'accepted with a warning', instead: until }];
  const words = Object.entries(node['x-planned-values'] ?? {});
  const items = node.items === undefined ? [] : plannedIn(node.items, `${path}[]`);
  const inner = Object.entries(node.properties ?? {});
  return [
    ...words.map(([word, what]) => ({ path: `${path}: ${word}`, comesWith: what, instead: '' })),
    ...items,
    ...inner.flatMap(([key, child]) => plannedIn(child, path === '' ? key : `${path}.${key}`)),
  ];
}
