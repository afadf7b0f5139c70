import type { CredentialAnswer, CredentialRequest, CredentialType } from '../../admin/api.ts';
import { durationMs } from '../../base/duration.ts';
import { AppError } from '../../base/errors.ts';
import {
  ADMIN_OPTIONS,
  type Command,
  type Connect,
  dataDirectory,
  flag,
  type OptionValues,
  text,
  texts,
} from '../command.ts';
import { nameOf } from './name.ts';

export function createCredential(connect: Connect): Command {
  return {
    name: 'create credential',
    usage:
      'NAME --user U [--type access-token|oauth2|auth-token] [--policy P]… [--scope S]… [--expires-in 30d] [--one-time | --max-authentications N] [--rotate [--overlap 1h]] [-o json] [--data DIR]',
    summary: 'Make an access token, a client id with its secret, or an auth token for a user; it is shown once.',
    options: {
      ...ADMIN_OPTIONS,
      user: { type: 'string' },
      type: { type: 'string' },
      policy: { type: 'string', multiple: true },
      scope: { type: 'string', multiple: true },
      'expires-in': { type: 'string' },
      'one-time': { type: 'boolean' },
      'max-authentications': { type: 'string' },
      rotate: { type: 'boolean' },
      overlap: { type: 'string' },
      output: { type: 'string', short: 'o' },
    },
    run: async (invocation) => {
      const { options, io } = invocation;
      const user = text(options, 'user');
      if (user === null) throw new AppError('usage', 'whose credential? Give --user');
      checkRotation(options);
      const answer = await connect(dataDirectory(invocation)).createCredential({
        name: nameOf(invocation),
        user,
        type: credentialType(options),
        policies: texts(options, 'policy'),
        scopes: texts(options, 'scope'),
        expiresInMs: expiry(text(options, 'expires-in')),
        ...rotation(options),
        ...uses(options),
      });
      for (const warning of answer.warnings) io.err(`ostiary: warning: ${warning}\n`);
      io.out(text(options, 'output') === 'json' ? `${JSON.stringify(answer)}\n` : secretText(answer));
      return 0;
    },
  };
}

function secretText(answer: CredentialAnswer): string {
  if ('token' in answer) return `${answer.token}\n`;
  return `clientId: ${answer.clientId}\nclientSecret: ${answer.clientSecret}\n`;
}

/** Of a Credential that exists, only the token is replaced. */
function checkRotation(options: OptionValues): void {
  if (!flag(options, 'rotate')) return;
  const given = ['policy', 'scope', 'expires-in'].find((name) => options[name] !== undefined);
  if (given === undefined) return;
  throw new AppError('usage', `--rotate replaces the token only; change what --${given} says with apply`);
}

const CREDENTIAL_TYPES = ['access-token', 'oauth2', 'auth-token'] as const satisfies readonly CredentialType[];

function credentialType(options: OptionValues): CredentialType {
  const word = text(options, 'type') ?? (flag(options, 'one-time') ? 'auth-token' : 'access-token');
  const type = CREDENTIAL_TYPES.find((known) => known === word);
  if (type === undefined) throw new AppError('usage', `unknown type "${word}", one of: ${CREDENTIAL_TYPES.join(', ')}`);
  return type;
}

function rotation(options: OptionValues): Pick<CredentialRequest, 'rotate' | 'overlapMs'> {
  const rotate = flag(options, 'rotate');
  const overlapMs = expiry(text(options, 'overlap'));
  if (overlapMs === null) return { rotate };
  if (!rotate) throw new AppError('usage', '--overlap goes with --rotate');
  return { rotate, overlapMs };
}

function uses(options: OptionValues): Pick<CredentialRequest, 'maxAuthentications' | 'autoDelete'> {
  const most = text(options, 'max-authentications');
  if (most === null && !flag(options, 'one-time')) return {};
  if (credentialType(options) !== 'auth-token') {
    throw new AppError('usage', '--one-time and --max-authentications are for auth tokens');
  }
  if (most === null) return { maxAuthentications: 1, autoDelete: true };
  if (flag(options, 'one-time')) throw new AppError('usage', 'give --one-time or --max-authentications');
  if (!/^[1-9][0-9]{0,6}$/.test(most)) throw new AppError('usage', `"${most}" is not a number of uses`);
  return { maxAuthentications: Number(most) };
}

function expiry(word: string | null): number | null {
  if (word === null) return null;
  const ms = durationMs(word);
  if (ms === null || ms <= 0) throw new AppError('usage', `"${word}" is not a duration such as 12h or 30d`);
  return ms;
}
