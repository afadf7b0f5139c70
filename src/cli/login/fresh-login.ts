import { AppError } from '../../base/errors.ts';
import type { AuthHost } from './auth-host.ts';
import { renewLogin } from './device-login.ts';
import type { StoredLogin, TokenFile } from './token-file.ts';

/** A token with less than this left is renewed, in milliseconds: what is made from it should be good for a while. */
const MARGIN = 600_000;

/** The login at a server, renewed when it is about to end. @throws AppError when nobody is signed in (any more) */
export async function freshLogin(file: TokenFile, host: AuthHost): Promise<StoredLogin> {
  const known = knownLogin(file, host);
  if (isGoodFor(known, MARGIN)) return known;
  return known.refreshToken === undefined ? usable(known, host) : file.locked(() => renew(file, host));
}

/** With the lock: another process may have renewed or ended it meanwhile. */
async function renew(file: TokenFile, host: AuthHost): Promise<StoredLogin> {
  const known = knownLogin(file, host);
  if (known.refreshToken === undefined || isGoodFor(known, MARGIN)) return usable(known, host);
  const renewed = await renewLogin(host, known.refreshToken).catch((thrown: unknown) => {
    if (isGoodFor(known, 0)) return known;
    throw thrown;
  });
  if (renewed === null) {
    file.remove(host.server);
    throw signInFirst(host);
  }
  if (renewed !== known) file.renew(host.server, renewed);
  return renewed;
}

function knownLogin(file: TokenFile, host: AuthHost): StoredLogin {
  const known = file.get(host.server);
  if (known === null) throw signInFirst(host);
  return known;
}

function usable(known: StoredLogin, host: AuthHost): StoredLogin {
  if (isGoodFor(known, 0)) return known;
  throw signInFirst(host);
}

function isGoodFor({ expiresAt }: StoredLogin, ms: number): boolean {
  return Date.now() + ms < Date.parse(expiresAt);
}

function signInFirst({ server }: AuthHost): AppError {
  return new AppError('refused', `nobody is signed in at ${server}: run ostiary login --server ${server}`);
}
