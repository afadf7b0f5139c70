import { AppError } from '../../base/errors.ts';
import type { Resource } from '../../model/index.ts';
import { ADMIN_OPTIONS, type Command, type Connect, dataDirectory, text } from '../command.ts';
import { resourceTable } from '../resource-table.ts';
import { printDiagnostics, printPlan } from './apply.ts';
import { type KindWords, kindOf } from './kinds.ts';

export interface GetDeps {
  readonly connect: Connect;
  readonly kinds: KindWords;
  readonly toYaml: (resources: readonly Resource[]) => string;
}

const FORMATS = ['table', 'json', 'yaml'] as const;
type Format = (typeof FORMATS)[number];

export function getCommand(deps: GetDeps): Command {
  return {
    name: 'get',
    usage: 'KIND [NAME] [-o table|json|yaml] [--data DIR]',
    summary: 'Show resources, of files and of the store.',
    options: { ...ADMIN_OPTIONS, output: { type: 'string', short: 'o' } },
    run: async (invocation) => {
      const [word, name] = invocation.positionals;
      const kind = kindOf(deps.kinds, word);
      const format = formatOf(text(invocation.options, 'output') ?? 'table');
      const api = deps.connect(dataDirectory(invocation));
      const resources = name === undefined ? await api.list(kind) : [await api.get(kind, name)];
      invocation.io.out(show(deps, resources, format, name !== undefined));
      return 0;
    },
  };
}

export function deleteCommand(deps: Pick<GetDeps, 'connect' | 'kinds'>): Command {
  return {
    name: 'delete',
    usage: 'KIND NAME [--data DIR]',
    summary: 'Delete one resource of the store.',
    options: ADMIN_OPTIONS,
    run: async (invocation) => {
      const [word, name] = invocation.positionals;
      const kind = kindOf(deps.kinds, word);
      if (name === undefined) throw new AppError('usage', 'which one? Give its name');
      const answer = await deps.connect(dataDirectory(invocation)).delete(kind, name);
      printDiagnostics(invocation.io, answer);
      if (answer.accepted) printPlan(invocation.io, answer);
      return answer.accepted ? 0 : 1;
    },
  };
}

function formatOf(word: string): Format {
  const format = FORMATS.find((known) => known === word);
  if (format === undefined) throw new AppError('usage', `unknown format "${word}", one of: ${FORMATS.join(', ')}`);
  return format;
}

function show(deps: GetDeps, resources: readonly Resource[], format: Format, single: boolean): string {
  switch (format) {
    case 'json':
      return `${JSON.stringify(single ? resources[0] : resources, null, 2)}\n`;
    case 'yaml':
      return deps.toYaml(resources);
    case 'table':
      return resourceTable(resources);
  }
}
