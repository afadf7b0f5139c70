import type { Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import { Dial } from '../connect/dial.ts';
import type { Endpoint } from '../endpoint.ts';
import { UpstreamFailure } from '../failures.ts';
import type { HealthCheckSpec, UpstreamTlsSpec } from '../spec.ts';
import { askByGrpc } from './grpc-probe.ts';
import { askByHttp1 } from './http1-probe.ts';
import { askByHttp2 } from './http2-probe.ts';

export interface ProbeTarget {
  readonly endpoint: Endpoint;
  readonly tls: UpstreamTlsSpec;
  readonly secureContext: () => SecureContext;
  /** The time is over, or the checks are. */
  readonly signal: AbortSignal;
}

/** Longer than any check: the signal ends it. */
const NO_TIMEOUT = 2 ** 31 - 1;

/** Looks at an endpoint once. Rejects with the reason when it is not healthy. */
export async function probe(spec: HealthCheckSpec, target: ProbeTarget): Promise<void> {
  const { endpoint, signal } = target;
  const isHttp2 = spec.kind === 'grpc' || endpoint.speaksHttp2;
  const protocols = isHttp2 ? ['h2', 'http/1.1'] : ['http/1.1'];
  const { socket, protocol } = await connect(target, protocols, spec.kind !== 'http' || isHttp2);
  const agreed = protocol === 'h2' || endpoint.url.protocol === 'http:';
  const stop = (): void => void socket.destroy();
  signal.addEventListener('abort', stop, { once: true });
  try {
    signal.throwIfAborted();
    if (spec.kind === 'grpc') await askByGrpc(socket, endpoint, spec.service);
    else if (spec.kind === 'http' && isHttp2 && agreed) await askByHttp2(socket, endpoint, spec);
    else if (spec.kind === 'http') await askByHttp1(socket, endpoint, spec);
  } catch (thrown) {
    throw signal.aborted ? new Error('it did not answer in time') : thrown;
  } finally {
    signal.removeEventListener('abort', stop);
    socket.destroy();
  }
}

async function connect(
  { endpoint, tls, secureContext, signal }: ProbeTarget,
  protocols: readonly string[],
  tunnel: boolean,
): Promise<{ socket: Socket; protocol: string | null }> {
  const { url, proxy, addresses } = endpoint;
  // A proxy resolves the name itself.
  const address = proxy === null ? await addresses.address() : { host: proxy.host, port: proxy.port };
  return new Promise((resolve, reject) => {
    const dial = new Dial(
      {
        origin: url,
        secure: url.protocol === 'https:',
        address,
        proxy,
        tunnel,
        tls,
        secureContext,
        protocols,
        timeout: NO_TIMEOUT,
        onread: null,
      },
      {
        connected: resolve,
        failed: (failure) => {
          addresses.failed(address);
          reject(failure);
        },
      },
    );
    const giveUp = (): void => dial.cancel(new UpstreamFailure('upstream-timeout', 'connecting took too long'));
    if (signal.aborted) giveUp();
    else signal.addEventListener('abort', giveUp, { once: true });
  });
}
