import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import { connectionOptions } from '../base/header-text.ts';
import type { RequestHead } from '../gateway/exchange.ts';
import type { Snapshot } from '../gateway/snapshot.ts';
import { canonicalise } from './canonical/index.ts';
import { checkLimits, type Framing, framingOf, type HeadRefusal } from './framing.ts';
import type { ListenerLimits } from './limits.ts';
import { headRefusal } from './unparsed.ts';

export interface Accepted {
  readonly kind: 'accepted';
  readonly head: RequestHead;
  readonly framing: Framing;
}

/** Reads the head of a request of `node:http` into the canonical one, or says why it is refused. */
export function accept(request: IncomingMessage, snapshot: Snapshot, limits: ListenerLimits): Accepted | HeadRefusal {
  const { httpVersion } = request;
  if (httpVersion !== '1.0' && httpVersion !== '1.1') return unsupported(httpVersion);
  const refusal = checkLimits(request, limits) ?? checkUpgrade(request);
  if (refusal !== null) return refusal;
  const framing = framingOf(request);
  if ('reason' in framing) return framing;
  const head = canonicalise(
    {
      method: request.method ?? '',
      target: request.url ?? '',
      httpVersion,
      headers: request.rawHeaders,
      peerAddress: request.socket.remoteAddress ?? '',
      scheme: request.socket instanceof TLSSocket ? 'https' : 'http',
    },
    snapshot.trustedProxies,
  );
  return 'kind' in head ? headRefusal(head) : { kind: 'accepted', head, framing };
}

function unsupported(httpVersion: string): HeadRefusal {
  return { reason: 'bad-request', status: 505, detail: `HTTP/${httpVersion} is not served here` };
}

/** An Upgrade field without its nomination is no request for an upgrade (RFC 9110 7.8) and is dropped later. */
function checkUpgrade({ headers }: IncomingMessage): HeadRefusal | null {
  if (headers.upgrade === undefined || headers.connection === undefined) return null;
  if (!connectionOptions(headers.connection).includes('upgrade')) return null;
  return { reason: 'upgrade-refused', status: 501, detail: 'the client asked for a protocol upgrade' };
}
