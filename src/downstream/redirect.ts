import type { Clock } from '../base/clock.ts';
import { HeaderList } from '../base/header-list.ts';
import type { Exchange } from '../gateway/exchange.ts';
import type { Kernel, Observer, ResponseWriter, Settlement, UnparsedRequest } from '../gateway/kernel.ts';
import { type Response, refuse } from '../gateway/outcome.ts';
import { REASONS } from '../gateway/reasons.ts';
import { problem } from './problem.ts';

export interface RedirectParts {
  readonly clock: Clock;
  /** Of the listener that speaks HTTPS. */
  readonly port: number;
  readonly observers: readonly Observer[];
}

const HTTPS_PORT = 443;

/** Answers every request with a redirect to the same address over HTTPS. Nobody is identified, nothing is forwarded. */
export class RedirectKernel implements Kernel, Settlement {
  readonly #parts: RedirectParts;

  constructor(parts: RedirectParts) {
    this.#parts = parts;
  }

  handle(x: Exchange, writer: ResponseWriter): void {
    const { observers, port } = this.#parts;
    x.writer = writer;
    for (const observer of observers) observer.accepted?.(x);
    x.response = isOurs(x) ? redirect(x, port) : unknownHost(x);
    writer.send(x, x.response, this);
  }

  refusedUnparsed(request: UnparsedRequest): void {
    for (const observer of this.#parts.observers) observer.unparsed?.(request);
  }

  settled(x: Exchange, whole: boolean): void {
    const { clock, observers } = this.#parts;
    if (!whole) x.aborted = true;
    x.body?.destroy();
    x.timings.settled = clock.monotonic();
    for (const observer of observers) observer.settled(x);
  }
}

/** To a host of somebody else it would be an open redirect. */
function isOurs({ snapshot, request }: Exchange): boolean {
  return request.host === snapshot.domain || snapshot.routes.serves(request.host);
}

/** 308 keeps method and body (RFC 9110 15.4.9). It depends on configuration that may change, so nobody keeps it. */
function redirect({ request }: Exchange, port: number): Response {
  const { host, path, query } = request;
  const authority = port === HTTPS_PORT ? host : `${host}:${port}`;
  const location = `https://${authority}${path}${query === '' ? '' : `?${query}`}`;
  const headers = HeaderList.from([
    ['location', location],
    ['cache-control', 'no-store'],
  ]);
  return { status: 308, headers, body: null };
}

function unknownHost(x: Exchange): Response {
  x.refusal = refuse('no-route');
  return problem(x.id, 'no-route', REASONS['no-route'].status);
}
