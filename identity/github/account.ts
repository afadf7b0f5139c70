import { comparableEmail } from '../directory/email.ts';
import { type ApiAnswer, ask, GithubFault, own } from './github-api.ts';

/** Who an access token of GitHub speaks for. */
export interface GithubAccount {
  /** Of the account, for ever; logins can be changed and taken by somebody else. */
  readonly id: string;
  readonly login: string;
  /** In lower case; `null` when there is none, or GitHub does not tell. */
  readonly verifiedEmail: string | null;
}

const LOGIN = /^[A-Za-z0-9](?:[A-Za-z0-9-_]{0,98})$/;
const EMAIL = /^[^@\s]+@[^@\s]+$/;
const MOST_EMAIL = 254;
/** The e-mail addresses are kept from us: the sign-in can go on without them. */
const KEPT_FROM_US: ReadonlySet<number> = new Set([401, 403, 404]);

/** @param timeout milliseconds for each call. Throws GithubFault. */
export async function readAccount(api: string, accessToken: string, timeout: number): Promise<GithubAccount> {
  const get = (path: string) => ask({ url: `${api}${path}`, method: 'GET', headers: fieldsFor(accessToken), timeout });
  const user = expected(await get('/user'));
  const [id, login] = [own(user, 'id'), own(user, 'login')];
  if (!Number.isSafeInteger(id) || (id as number) <= 0)
    throw new GithubFault('identifier-missing', 'the account has no id');
  if (typeof login !== 'string' || !LOGIN.test(login)) {
    throw new GithubFault('identifier-missing', 'the account has no usable login');
  }
  return { id: String(id), login, verifiedEmail: verifiedEmailIn(await get('/user/emails')) };
}

function fieldsFor(accessToken: string): Readonly<Record<string, string>> {
  return {
    authorization: `Bearer ${accessToken}`,
    accept: 'application/vnd.github+json',
    'x-github-api-version': '2022-11-28',
  };
}

function expected({ status, value }: ApiAnswer): unknown {
  if (status === 200) return value;
  throw new GithubFault('provider-answer-invalid', `the account could not be read: ${status}`);
}

/** The primary address if it is verified, else the first that is. */
function verifiedEmailIn(answer: ApiAnswer): string | null {
  if (KEPT_FROM_US.has(answer.status)) return null;
  const entries = expected(answer);
  if (!Array.isArray(entries)) throw new GithubFault('provider-answer-invalid', 'the e-mail addresses are no list');
  const verified = entries.filter((entry) => own(entry, 'verified') === true && isAddress(own(entry, 'email')));
  const chosen = verified.find((entry) => own(entry, 'primary') === true) ?? verified[0];
  return chosen === undefined ? null : comparableEmail(String(own(chosen, 'email')));
}

function isAddress(value: unknown): boolean {
  return typeof value === 'string' && value.length <= MOST_EMAIL && EMAIL.test(value);
}
