import { AppError } from '../../src/base/errors.ts';
import type { Directory } from '../directory/directory.ts';
import type { DirectoryChange, DirectoryWriter } from '../ports.ts';
import type { SessionManager } from '../sessions/session-manager.ts';
import { notUnique, ScimFault } from './fault.ts';

export interface ScimDeps {
  readonly directories: DirectoryWriter;
  readonly sessions: Pick<SessionManager, 'list' | 'revoke'>;
}

/** What one request comes to, judged by one Directory. */
export interface Plan {
  readonly changes: readonly DirectoryChange[];
  /** Names of users who may act no more: their sessions end. */
  readonly ended: readonly string[];
}

/** A try that comes too late costs no commit. */
const MOST_TRIES = 100;

/**
 * Carries a plan out; one whose Directory has changed meanwhile is made anew by what is there now. Gives the Directory
 * that every request is served with from here on. Throws ScimFault.
 */
export async function carryOut(
  deps: ScimDeps,
  first: Directory,
  plan: (directory: Directory) => Plan,
): Promise<Directory> {
  let directory = first;
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const { changes, ended } = plan(directory);
    const changed = await attempt(deps, changes);
    if (changed !== null) {
      await endSessions(deps, ended);
      return changed;
    }
    directory = await deps.directories.change([]);
  }
  throw new ScimFault(503, 'too many changes of the same resource at once');
}

/** `null`: something else was faster. */
async function attempt({ directories }: ScimDeps, changes: readonly DirectoryChange[]): Promise<Directory | null> {
  try {
    return await directories.change(changes);
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    if (thrown.code === 'conflict' || thrown.code === 'not-found') return null;
    throw faultOf(thrown);
  }
}

function faultOf({ code, message }: AppError): ScimFault {
  if (code === 'refused') return notUnique(message);
  return code === 'invalid' ? new ScimFault(400, message, 'invalidValue') : new ScimFault(503, message);
}

/** Every worker knows by now that they may act no more; this is for what is open, and for good. */
async function endSessions({ sessions }: ScimDeps, users: readonly string[]): Promise<void> {
  for (const user of users) for (const { metadata } of await sessions.list(user)) await sessions.revoke(metadata.uid);
}
