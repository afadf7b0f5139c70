import { parseArgs } from 'node:util';
import { AppError } from '../base/errors.ts';
import { didYouMean } from '../base/suggest.ts';
import type { Command, Io } from './command.ts';

/** Runs one command line; gives its exit code. Never throws for what the user did. */
export async function runCommandLine(commands: readonly Command[], args: readonly string[], io: Io): Promise<number> {
  if (args.length === 0 || args[0] === 'help' || args[0] === '--help' || args[0] === '-h') {
    return help(commands, args.slice(1), io);
  }
  const command = findCommand(commands, args[0] === '--version' ? ['version'] : args);
  if (command === null) return unknown(commands, args, io);
  return runCommand(command, args.slice(command.name.split(' ').length), io);
}

async function runCommand(command: Command, rest: readonly string[], io: Io): Promise<number> {
  if (rest.includes('--help') || rest.includes('-h')) {
    io.out(`${usage(command)}\n\n${command.summary}\n`);
    return 0;
  }
  try {
    const { values, positionals } = parse(command, rest);
    return await command.run({ positionals, options: values, io });
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    io.err(`ostiary: ${thrown.message}\n`);
    if (thrown.code === 'usage') io.err(`${usage(command)}\n`);
    return 1;
  }
}

function parse(command: Command, rest: readonly string[]) {
  try {
    return parseArgs({ args: [...rest], options: command.options, allowPositionals: true, strict: true });
  } catch (thrown) {
    throw new AppError('usage', optionMistake(thrown, command), { cause: thrown });
  }
}

/** node:util names the option; what it does not do is to say which one was meant. */
function optionMistake(thrown: unknown, command: Command): string {
  const message = thrown instanceof Error ? thrown.message.split('. ')[0]! : String(thrown);
  const word = /Unknown option '--?([^']+)'/.exec(message)?.[1];
  if (word === undefined) return message;
  const known = Object.keys(command.options).filter((name) => name.length > 1);
  const suggestion = didYouMean(
    `--${word}`,
    known.map((name) => `--${name}`),
  );
  return suggestion === null ? message : `${message} (${suggestion})`;
}

function findCommand(commands: readonly Command[], args: readonly string[]): Command | null {
  const words = (command: Command) => command.name.split(' ');
  const matching = commands.filter((command) => words(command).every((word, i) => args[i] === word));
  return matching.sort((a, b) => words(b).length - words(a).length)[0] ?? null;
}

function unknown(commands: readonly Command[], args: readonly string[], io: Io): number {
  const under = commandsUnder(commands, args[0]!);
  if (under.length > 0) {
    io.err(`ostiary: ${wrongSecondWord(args, under)}\n`);
    return 1;
  }
  const suggestion = didYouMean(args[0]!, new Set(commands.map((command) => command.name.split(' ')[0]!)));
  io.err(`ostiary: unknown command "${args[0]}"${suggestion === null ? '' : ` (${suggestion})`}; see: ostiary help\n`);
  return 1;
}

function wrongSecondWord([first, second]: readonly string[], under: readonly Command[]): string {
  const words = under.map(({ name }) => name.split(' ')[1]!);
  const oneOf = `needs one of: ${words.join(', ')}`;
  if (second === undefined || second.startsWith('-')) return `"${first}" ${oneOf}`;
  return `unknown command "${first} ${second}" (${didYouMean(second, words) ?? `"${first}" ${oneOf}`})`;
}

function help(commands: readonly Command[], about: readonly string[], io: Io): number {
  const command = about.length === 0 ? null : findCommand(commands, about);
  if (command !== null) {
    io.out(`${usage(command)}\n\n${command.summary}\n`);
    return 0;
  }
  const under = about.length === 0 ? commands : commandsUnder(commands, about[0]!);
  if (under.length === 0) return unknown(commands, about, io);
  if (about.length > 0) io.out(list(under));
  else io.out(`ostiary: a zero-trust, identity-aware access proxy and API gateway\n\n${list(under)}\n`);
  io.out('ostiary help COMMAND shows the arguments of one.\n');
  return 0;
}

function list(commands: readonly Command[]): string {
  const width = Math.max(...commands.map((c) => c.name.length));
  return commands.map((c) => `  ${c.name.padEnd(width)}  ${c.summary}\n`).join('');
}

function commandsUnder(commands: readonly Command[], word: string): Command[] {
  return commands.filter((command) => command.name.startsWith(`${word} `));
}

function usage(command: Command): string {
  return `usage: ostiary ${command.name} ${command.usage}`.trimEnd();
}
