import { messageOf } from '../base/errors.ts';
import type { Io } from '../cli/command.ts';

/** What went wrong where no request could be told. */
export interface ProcessFaults extends Disposable {
  /** Resolves after an exception that nobody caught: what the process does from then on cannot be relied on. */
  readonly fatal: Promise<void>;
}

/**
 * Says each fault in one line. A rejection that nobody waited for leaves everything as it was and costs nothing else
 * (R69); after an uncaught exception whoever runs the process drains and ends it.
 */
export function watchProcessFaults(io: Pick<Io, 'err'>): ProcessFaults {
  const fatal = Promise.withResolvers<void>();
  const rejected = (thrown: unknown): void => io.err(`ostiary: an unhandled rejection: ${lineOf(thrown)}\n`);
  const uncaught = (thrown: unknown): void => {
    io.err(`ostiary: an uncaught exception, so the gateway stops: ${lineOf(thrown)}\n`);
    fatal.resolve();
  };
  // When the console has gone away there is nobody left to be told.
  const consoleGone = (): void => {};
  process.on('unhandledRejection', rejected).on('uncaughtException', uncaught);
  process.stdout.on('error', consoleGone);
  process.stderr.on('error', consoleGone);
  return {
    fatal: fatal.promise,
    [Symbol.dispose]: () => {
      process.off('unhandledRejection', rejected).off('uncaughtException', uncaught);
      process.stdout.off('error', consoleGone);
      process.stderr.off('error', consoleGone);
    },
  };
}

/** With the place, which is all that is known of where to look. */
function lineOf(thrown: unknown): string {
  const stack = thrown instanceof Error ? (thrown.stack ?? '') : '';
  const place = /\n\s+at (.+)/.exec(stack)?.[1];
  const message = messageOf(thrown).replaceAll('\n', ' ');
  return place === undefined ? message : `${message} (at ${place})`;
}
