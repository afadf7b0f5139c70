import { durationMs } from '../../base/duration.ts';
import { AppError } from '../../base/errors.ts';
import { ADMIN_OPTIONS, type Command, type Connect, dataDirectory, text } from '../command.ts';

const DEFAULT_LIFE = '10m';

export function debugTokenCommand(connect: Connect): Command {
  return {
    name: 'policy debug-token',
    usage: '[--expires-in 10m] [-o json] [--data DIR]',
    summary: 'Make a token; a request that shows it in x-ostiary-debug is told what decided it.',
    options: { ...ADMIN_OPTIONS, 'expires-in': { type: 'string' }, output: { type: 'string', short: 'o' } },
    run: async (invocation) => {
      const { options, io } = invocation;
      const lifeMs = lifeOf(text(options, 'expires-in') ?? DEFAULT_LIFE);
      const made = await connect(dataDirectory(invocation)).debugToken({ lifeMs });
      const isJson = text(options, 'output') === 'json';
      io.out(isJson ? `${JSON.stringify(made, null, 2)}\n` : `${made.token}\n`);
      if (!isJson) io.err(`good until ${made.expiresAt}\n`);
      return 0;
    },
  };
}

function lifeOf(given: string): number {
  const life = durationMs(given);
  if (life === null || life === 0)
    throw new AppError('usage', `--expires-in is a duration such as 10m, not "${given}"`);
  if (life > 3_600_000) throw new AppError('usage', 'a debug token is good for an hour at most');
  return life;
}
