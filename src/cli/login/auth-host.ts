import type { LookupAddress } from 'node:dns';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { AppError, messageOf } from '../../base/errors.ts';
import { boundedText } from '../../base/fetched.ts';
import { isLocalhostName } from '../../base/localhost.ts';

export interface AuthAnswer {
  readonly status: number;
  readonly value: Readonly<Record<string, unknown>>;
}

/** Milliseconds. */
const PATIENCE = 30_000;
const MOST_BYTES = 64 * 1024;

/** The endpoints of OAuth 2.0 of an auth host, as a program asks them. */
export class AuthHost {
  readonly server: string;

  constructor(server: string) {
    this.server = server;
  }

  /** @throws AppError `unavailable` */
  post(path: string, form: Readonly<Record<string, string>>): Promise<AuthAnswer> {
    return this.#send(path, new URLSearchParams(form).toString());
  }

  #send(path: string, body: string): Promise<AuthAnswer> {
    const url = new URL(path, this.server);
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(body) };
    const lookup = isLocalhostName(url.hostname) ? { lookup: toThisMachine } : {};
    return new Promise((resolve, reject) => {
      const fail = (cause: unknown) =>
        reject(new AppError('unavailable', `${this.server} does not answer: ${whyOf(cause)}`, { cause }));
      const options = { method: 'POST', headers, timeout: PATIENCE, agent: false, ...lookup };
      const request = send(url, options, (answer) => void readAnswer(answer).then(resolve, fail));
      request.on('timeout', () => request.destroy(new Error('it takes too long')));
      request.on('error', fail).end(body);
    });
  }
}

/** RFC 6761 6.3; not every system's resolver does it. */
function toThisMachine(
  _name: string,
  { all }: { readonly all?: boolean | undefined },
  give: (error: null, address: string | LookupAddress[], family?: number) => void,
): void {
  if (all === true) give(null, [{ address: '127.0.0.1', family: 4 }]);
  else give(null, '127.0.0.1', 4);
}

async function readAnswer(answer: IncomingMessage): Promise<AuthAnswer> {
  const value: unknown = JSON.parse(await boundedText(answer, MOST_BYTES));
  if (typeof value !== 'object' || value === null) throw new Error('its answer is not JSON');
  return { status: answer.statusCode ?? 0, value: value as AuthAnswer['value'] };
}

/** The address that is written without a scheme is taken as HTTPS; what OpenSSL says of an answer in HTTP helps nobody. */
function whyOf(cause: unknown): string {
  const message = messageOf(cause);
  return message.includes('wrong version number')
    ? 'no TLS is spoken there (a demo is at http://localhost:8080)'
    : message;
}
