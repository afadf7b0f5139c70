import { durationMs } from '../../base/duration.ts';
import type { Plugin, PluginType } from '../../gateway/plugin.ts';
import { falls } from '../chance.ts';
import type { PluginDeps } from '../deps.ts';
import { bareHead, type CopiedHead, wholeHead } from './copy.ts';
import type { MirrorRules } from './schema.ts';
import { SecondUpstream } from './second-upstream.ts';

const USUAL_TIMEOUT_MS = 5_000;
const LONGEST_TIMEOUT_MS = 30_000;
const USUAL_REQUESTS = 32;
const USUAL_BODY_SIZE = 64 * 1024;

/** Sends copies of requests to a second upstream, of which nobody but its own log and the counters learns anything. */
export const plugin: PluginType<MirrorRules, PluginDeps> = {
  create: (config, deps): Plugin => {
    const { percent = 100, allowCredentialsAtTheSecondUpstream: withCredentials = false } = config;
    const second = secondUpstream(config, deps);
    const heads = deps.slot<CopiedHead>();
    const copies = deps.slot<{ leave(): void }>();
    return {
      // Behind everything that changes the request, and before the first credential.
      inject: (x) => {
        if (falls(percent)) heads.set(x, bareHead(x));
        return null;
      },
      forward: (x, upstream) => {
        const head = heads.get(x);
        if (head === undefined) return upstream.forward(x);
        const copy = second.copyOf(x, withCredentials ? wholeHead(x) : head);
        if (copy !== null) copies.set(x, copy);
        try {
          return upstream.forward(x);
        } finally {
          copy?.begin();
        }
      },
      onSettled: (x) => copies.get(x)?.leave(),
    };
  },
};

function secondUpstream(config: MirrorRules, deps: PluginDeps): SecondUpstream {
  const { url, maxRequests = USUAL_REQUESTS, maxBodySize = USUAL_BODY_SIZE, trustedCAs, clientCertificate } = config;
  if (deps.mode === 'GRPC') deps.mistake([], 'calls of gRPC are not mirrored', 'remove it');
  const outbound = deps.outbound({
    url,
    protocol: 'http',
    timeout: timeoutOf(config, deps),
    mostAtOnce: maxRequests,
    isExpendable: true,
    ...(trustedCAs && { trustedCAs }),
    ...(clientCertificate && { clientCertificate: clientCertificate.fromSecret }),
  });
  return new SecondUpstream({ outbound, mostAtOnce: maxRequests, mostBytes: maxBodySize, count: deps.count });
}

function timeoutOf({ timeout }: MirrorRules, { mistake }: PluginDeps): number {
  const ms = timeout === undefined ? USUAL_TIMEOUT_MS : (durationMs(timeout) ?? USUAL_TIMEOUT_MS);
  if (ms > LONGEST_TIMEOUT_MS) mistake(['timeout'], 'is more than 30s, for which copies would be kept');
  return ms;
}
