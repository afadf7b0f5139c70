import { createHash } from 'node:crypto';
import { messageOf } from '../base/errors.ts';

/** A program in Lua that the server runs as one step. */
export interface Script {
  readonly source: string;
  readonly sha: string;
}

export function defineScript(source: string): Script {
  return { source, sha: createHash('sha1').update(source).digest('hex') };
}

/** The server has forgotten the script, and has done nothing. */
export function isNoScript(thrown: unknown): boolean {
  return messageOf(thrown).startsWith('NOSCRIPT');
}
