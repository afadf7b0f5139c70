import type { RemoteOpa } from '../../../policies/rego/remote/remote.ts';
import type { RemoteReply } from '../../../policies/rego/remote/reply.ts';
import { durationMs } from '../../base/duration.ts';
import type { OpaRemote } from '../../model/index.ts';
import { bearer, type OpenSecret } from './bearer.ts';
import type { HttpCaller } from './http-call.ts';

const TIMEOUT_MS = 2000;
/** A decision is one word; a whole document may come with it. */
const MAX_ANSWER = 1024 * 1024;

/** Asks a running OPA (Data API). */
export class RemoteClient implements RemoteOpa {
  readonly name: string;
  readonly #settings: OpaRemote;
  readonly #caller: HttpCaller;
  readonly #openSecret: OpenSecret;

  constructor(settings: OpaRemote, caller: HttpCaller, openSecret: OpenSecret) {
    this.name = settings.name;
    this.#settings = settings;
    this.#caller = caller;
    this.#openSecret = openSecret;
  }

  ask(path: string, body: string): Promise<RemoteReply> {
    const { url, token, timeout } = this.#settings;
    const authorization = bearer(token, this.#openSecret);
    if (authorization === null)
      return Promise.resolve({ kind: 'failed', message: 'the Secret with its token is not there' });
    return this.#caller.call({
      url: new URL(`${url.replace(/\/+$/, '')}/v1/data/${path}`),
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json', ...authorization },
      body,
      timeout: (timeout === undefined ? null : durationMs(timeout)) ?? TIMEOUT_MS,
      maxBody: MAX_ANSWER,
    });
  }
}
