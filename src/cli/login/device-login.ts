import { setTimeout as wait } from 'node:timers/promises';
import { AppError } from '../../base/errors.ts';
import type { AuthAnswer, AuthHost } from './auth-host.ts';
import type { StoredLogin } from './token-file.ts';

const CLIENT = { client_id: 'ostiary-cli' };
const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
const EXCHANGE_GRANT = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';

/** What somebody has to do in a browser. */
export interface DevicePrompt {
  readonly userCode: string;
  readonly page: string;
}

/** RFC 8628, as the device. @throws AppError: denied, expired, or refused otherwise */
export async function deviceLogin(host: AuthHost, show: (prompt: DevicePrompt) => void): Promise<StoredLogin> {
  const begun = accepted(await host.post('/oauth2/device_authorization', CLIENT));
  const code = text(begun, 'device_code');
  show({ userCode: text(begun, 'user_code'), page: pageOf(host, begun) });
  let interval = Number(begun.interval ?? 5);
  for (;;) {
    await wait(interval * 1000);
    const answer = await host.post('/oauth2/token', { grant_type: DEVICE_GRANT, device_code: code, ...CLIENT });
    if (answer.value.error === 'slow_down') interval += 5;
    else if (answer.value.error !== 'authorization_pending') return loginOf(accepted(answer));
  }
}

/** A token that is good for one Service (RFC 8693). */
export async function tokenFor(host: AuthHost, login: StoredLogin, service: string): Promise<StoredLogin> {
  const subject = { subject_token: login.accessToken, subject_token_type: ACCESS_TOKEN };
  const form = { grant_type: EXCHANGE_GRANT, audience: service, ...subject, ...CLIENT };
  return loginOf(accepted(await host.post('/oauth2/token', form)));
}

/** RFC 6749 6; asks again when an answer gets lost, as it may then. `null`: the session has ended. */
export async function renewLogin(host: AuthHost, refreshToken: string): Promise<StoredLogin | null> {
  const ask = () => host.post('/oauth2/token', { grant_type: 'refresh_token', refresh_token: refreshToken, ...CLIENT });
  const answer = await ask().catch(ask);
  return answer.value.error === 'invalid_grant' ? null : loginOf(accepted(answer));
}

/** RFC 7009: the session ends, with every token of it. */
export async function endLogin(host: AuthHost, { accessToken, refreshToken }: StoredLogin): Promise<void> {
  accepted(await host.post('/oauth2/revoke', { token: refreshToken ?? accessToken, ...CLIENT }));
}

function loginOf(value: AuthAnswer['value']): StoredLogin {
  const expiresAt = new Date(Date.now() + Number(value.expires_in ?? 0) * 1000).toISOString();
  const login = { accessToken: text(value, 'access_token'), expiresAt };
  return value.refresh_token === undefined ? login : { ...login, refreshToken: text(value, 'refresh_token') };
}

/** Nobody is sent to another place than the one that they named. */
function pageOf(host: AuthHost, begun: AuthAnswer['value']): string {
  const page = text(begun, 'verification_uri_complete');
  if (URL.parse(page)?.origin === host.server) return page;
  throw new AppError('refused', `${host.server} names a page elsewhere`);
}

function accepted({ status, value }: AuthAnswer): AuthAnswer['value'] {
  if (status === 200) return value;
  const said = value.error_description ?? value.error ?? value.detail ?? `status ${status}`;
  throw new AppError('refused', `the gateway refused: ${printable(said)}`);
}

function text(value: AuthAnswer['value'], name: string): string {
  const found = value[name];
  if (typeof found === 'string') return printable(found);
  throw new AppError('unavailable', `the answer of the gateway has no ${name}`);
}

/** What another machine says is not to move the cursor. */
function printable(said: unknown): string {
  return String(said).replace(/[^\x20-\x7e]/g, '?');
}
