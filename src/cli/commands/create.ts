import type { Diagnostic } from '../../base/diagnostic.ts';
import { durationMs } from '../../base/duration.ts';
import { AppError } from '../../base/errors.ts';
import {
  ADMIN_OPTIONS,
  type Command,
  type Connect,
  dataDirectory,
  flag,
  type Invocation,
  type OptionValues,
  text,
  texts,
} from '../command.ts';
import { printPlan } from './apply.ts';
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

function createCredential(connect: Connect): Command {
  return {
    name: 'create credential',
    usage:
      'NAME --user U [--type access-token] [--policy P]… [--scope S]… [--expires-in 30d] [--rotate] [-o json] [--data DIR]',
    summary: 'Make an access token for a WORKLOAD user; it is shown once.',
    options: {
      ...ADMIN_OPTIONS,
      user: { type: 'string' },
      type: { type: 'string' },
      policy: { type: 'string', multiple: true },
      scope: { type: 'string', multiple: true },
      'expires-in': { type: 'string' },
      'one-time': { type: 'boolean' },
      rotate: { type: 'boolean' },
      output: { type: 'string', short: 'o' },
    },
    run: async (invocation) => {
      const { options, io } = invocation;
      const user = text(options, 'user');
      if (user === null) throw new AppError('usage', 'whose credential? Give --user');
      if (flag(options, 'one-time'))
        throw new AppError('usage', '--one-time is for auth tokens, which are not implemented yet');
      checkRotation(options);
      const answer = await connect(dataDirectory(invocation)).createCredential({
        name: nameOf(invocation),
        user,
        type: credentialType(text(options, 'type') ?? 'access-token'),
        policies: texts(options, 'policy'),
        scopes: texts(options, 'scope'),
        expiresInMs: expiry(text(options, 'expires-in')),
        rotate: flag(options, 'rotate'),
      });
      for (const warning of answer.warnings) io.err(`ostiary: warning: ${warning}\n`);
      io.out(text(options, 'output') === 'json' ? `${JSON.stringify(answer)}\n` : `${answer.token}\n`);
      return 0;
    },
  };
}

/** Of a Credential that exists, only the token is replaced. */
function checkRotation(options: OptionValues): void {
  if (!flag(options, 'rotate')) return;
  const given = ['policy', 'scope', 'expires-in'].find((name) => options[name] !== undefined);
  if (given === undefined) return;
  throw new AppError('usage', `--rotate replaces the token only; change what --${given} says with apply`);
}

function credentialType(word: string): 'access-token' {
  if (word === 'access-token') return word;
  if (word === 'oauth2' || word === 'auth-token') {
    throw new AppError('not-implemented', `credentials of type ${word} are known but not implemented yet`);
  }
  throw new AppError('usage', `unknown type "${word}", one of: access-token`);
}

function expiry(word: string | null): number | null {
  if (word === null) return null;
  const ms = durationMs(word);
  if (ms === null || ms <= 0) throw new AppError('usage', `"${word}" is not a duration such as 12h or 30d`);
  return ms;
}

function nameOf({ positionals }: Invocation): string {
  const [name] = positionals;
  if (name === undefined) throw new AppError('usage', 'which name should it have?');
  return name;
}
