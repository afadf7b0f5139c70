import type { Exchange } from '../gateway/exchange.ts';
import type { Response } from '../gateway/outcome.ts';
import type { Endpoint } from './endpoint.ts';
import type { UpstreamFailure } from './failures.ts';
import type { Forwarding } from './forwarding.ts';
import type { DialAddress } from './resolve.ts';
import type { Attempt } from './transport.ts';

/** One try of an exchange at one endpoint. */
export class Try implements Attempt {
  readonly x: Exchange;
  readonly endpoint: Endpoint;
  readonly authority: string;
  /** What a new connection would have dialled; `null` when the name was not resolved yet. */
  readonly address: DialAddress | null;
  cancel: ((because: UpstreamFailure) => void) | null = null;
  readonly #forwarding: Forwarding;
  /** Its answer is not the one that is passed on. */
  #abandoned = false;

  constructor(forwarding: Forwarding, x: Exchange, endpoint: Endpoint) {
    this.#forwarding = forwarding;
    this.x = x;
    this.endpoint = endpoint;
    this.authority = x.outgoing!.authority ?? endpoint.authority;
    this.address = endpoint.addresses.current;
  }

  send(): void {
    this.endpoint.active++;
    this.x.outgoing!.sign?.(this.authority);
    this.endpoint.transportFor(this.x).send(this);
  }

  answered(response: Response): void {
    this.#forwarding.answered(this, response);
  }

  failed(failure: UpstreamFailure, sent: boolean): void {
    this.endpoint.active--;
    this.#forwarding.failed(this, failure, sent);
  }

  over(whole: boolean): void {
    this.endpoint.active--;
    if (!this.#abandoned) this.#forwarding.over(this, whole);
  }

  abandon({ body }: Response): void {
    this.#abandoned = true;
    body?.destroy();
  }
}
