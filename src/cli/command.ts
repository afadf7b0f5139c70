import type { ParseArgsOptionsConfig } from 'node:util';
import type { AdminApi } from '../admin/api.ts';

/** The world outside a command; tests hand in their own. */
export interface Io {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly readStdin: () => Promise<Buffer>;
  /** Standard input as it comes, for what is too much to be read at once. */
  readonly stdin: () => AsyncIterable<Buffer>;
  /** As `out`, and waits while the reader of the output is behind. */
  readonly write: (text: string) => Promise<void>;
  /** The output is read by a person, in colour. */
  readonly isTerminal?: boolean;
}

/** The values of a command's options, as `node:util` parses them. */
export type OptionValues = Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;

export interface Invocation {
  readonly positionals: readonly string[];
  readonly options: OptionValues;
  readonly io: Io;
}

export interface Command {
  /** As typed, such as `create secret`. */
  readonly name: string;
  /** Arguments and options, for the help text. */
  readonly usage: string;
  readonly summary: string;
  readonly options: ParseArgsOptionsConfig;
  /** Gives the exit code. May throw `AppError`, which is printed and exits with 1. */
  readonly run: (invocation: Invocation) => Promise<number>;
}

/** Options of every command that talks to a running gateway. */
export const ADMIN_OPTIONS = {
  data: { type: 'string' },
} as const satisfies ParseArgsOptionsConfig;

/** How commands reach a running gateway; `main` supplies it. */
/** Where resources to decide by come from. */
export type ResourcesFrom =
  | { readonly kind: 'files'; readonly paths: readonly string[] }
  | { readonly kind: 'running'; readonly gateway: AdminApi };

export type Connect = (dataDirectory: string) => AdminApi;

export function text(options: OptionValues, name: string): string | null {
  const value = options[name];
  return typeof value === 'string' ? value : null;
}

export function flag(options: OptionValues, name: string): boolean {
  return options[name] === true;
}

export function texts(options: OptionValues, name: string): string[] {
  const value = options[name];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

export function dataDirectory({ options, io }: Invocation, otherwise = './data'): string {
  return text(options, 'data') ?? io.env.OSTIARY_DATA ?? otherwise;
}
