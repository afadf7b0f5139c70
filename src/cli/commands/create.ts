import type { Diagnostic } from '../../base/diagnostic.ts';
import { ADMIN_OPTIONS, type Command, type Connect, dataDirectory, text, texts } from '../command.ts';
import { printPlan } from './apply.ts';
import { createCredential } from './create-credential.ts';
import { nameOf } from './name.ts';
import { secretValue } from './secret-value.ts';

const SECRET_OPTIONS = {
  ...ADMIN_OPTIONS,
  value: { type: 'string' },
  file: { type: 'string', short: 'f' },
  cert: { type: 'string' },
  key: { type: 'string' },
} as const;

export function createCommands(connect: Connect): Command[] {
  return [
    secretCommand(connect, 'create'),
    secretCommand(connect, 'update'),
    createUser(connect),
    createCredential(connect),
  ];
}

function secretCommand(connect: Connect, mode: 'create' | 'update'): Command {
  return {
    name: `${mode} secret`,
    usage: 'NAME [--value V | --file F | --cert F --key F | < value] [--data DIR]',
    summary:
      mode === 'create'
        ? 'Store a secret value, sealed; from a file or standard input it leaves no trace in the shell.'
        : 'Give a secret another value; requests use it at once.',
    options: SECRET_OPTIONS,
    run: async (invocation) => {
      const name = nameOf(invocation);
      const value = await secretValue(invocation);
      await connect(dataDirectory(invocation)).putSecret({ name, valueBytes: value.toString('base64'), mode });
      invocation.io.out(`Secret/${name} ${mode}d\n`);
      return 0;
    },
  };
}

function createUser(connect: Connect): Command {
  return {
    name: 'create user',
    usage: 'NAME [--type HUMAN|WORKLOAD] [--email E] [--group G]… [--data DIR]',
    summary: 'Create a user; the rest of its fields with apply.',
    options: {
      ...ADMIN_OPTIONS,
      type: { type: 'string', short: 't' },
      email: { type: 'string' },
      group: { type: 'string', multiple: true },
    },
    run: async (invocation) => {
      const { options, io } = invocation;
      const user = {
        kind: 'User',
        metadata: { name: nameOf(invocation) },
        spec: {
          type: text(options, 'type') ?? 'HUMAN',
          ...(text(options, 'email') === null ? {} : { email: text(options, 'email') }),
          ...(texts(options, 'group').length === 0 ? {} : { groups: texts(options, 'group') }),
        },
      };
      const texts_ = [{ file: 'command line', text: JSON.stringify(user) }];
      const answer = await connect(dataDirectory(invocation)).apply({ texts: texts_, createOnly: true });
      for (const diagnostic of answer.diagnostics) io.err(`${withoutPlace(diagnostic)}\n`);
      if (answer.accepted) printPlan(io, answer);
      else io.err('nothing was changed\n');
      return answer.accepted ? 0 : 1;
    },
  };
}

/** Lines and columns of a text that nobody wrote help nobody. */
function withoutPlace({ severity, message, suggestion }: Diagnostic): string {
  return `ostiary: ${severity}: ${message}${suggestion === null ? '' : ` (${suggestion})`}`;
}
