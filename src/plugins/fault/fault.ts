import { durationMs } from '../../base/duration.ts';
import { HeaderList } from '../../base/header-list.ts';
import { BufferedBody } from '../../gateway/body.ts';
import type { Exchange } from '../../gateway/exchange.ts';
import { GRPC } from '../../gateway/grpc/status.ts';
import { type Outcome, type Refusal, refuse, respond } from '../../gateway/outcome.ts';
import type { Plugin, PluginType } from '../../gateway/plugin.ts';
import { REASONS } from '../../gateway/reasons.ts';
import { falls } from '../chance.ts';
import type { PluginDeps } from '../deps.ts';
import type { FaultRules } from './schema.ts';

const LONGEST_MS = 60_000;
/** Tells whoever looks at an answer that what was strange about it was made on purpose. */
const MARK = 'x-ostiary-fault';

/** Makes requests fail or wait, so that it can be seen what callers do then. */
export const plugin: PluginType<FaultRules, PluginDeps> = {
  create: (config, deps): Plugin => {
    check(config, deps);
    const { abort, delay } = config;
    const delayMs = delay === undefined ? 0 : (durationMs(delay.duration) ?? 0);
    const delayed = deps.slot<true>();
    const failure = (x: Exchange) => (abort !== undefined && falls(abort.percent) ? aborted(x, abort, deps) : null);
    return {
      onAuthorized: (x) => {
        if (delay === undefined || !falls(delay.percent)) return failure(x);
        delayed.set(x, true);
        deps.count('delayed');
        return pause(x, delayMs).then((gone) => gone ?? failure(x));
      },
      onAnswer: (x, { headers }) => {
        if (delayed.get(x) === true) headers.append(MARK, `delay;ms=${delayMs}`);
      },
    };
  },
};

function check({ abort, delay }: FaultRules, { allowsFaults, mode, mistake }: PluginDeps): void {
  if (!allowsFaults) mistake([], NOT_HERE, 'start it with --allow-fault-injection-that-breaks-requests-on-purpose');
  if (abort === undefined && delay === undefined)
    mistake([], 'neither aborts nor delays anything', 'give abort or delay');
  if (delay !== undefined && (durationMs(delay.duration) ?? 0) > LONGEST_MS) {
    mistake(['delay', 'duration'], 'is more than a minute, for which nobody waits');
  }
  if (abort?.status !== undefined && mode === 'GRPC') {
    mistake(['abort', 'status'], 'callers of gRPC have a status of their own', 'use grpcStatus');
  }
  if (abort?.grpcStatus !== undefined && mode !== 'GRPC') {
    mistake(['abort', 'grpcStatus'], 'has no effect but on a Service of mode GRPC', 'use status');
  }
}

const NOT_HERE = 'this installation breaks no requests on purpose';

/** Ends at once when the client goes away. Nothing of an upstream is held meanwhile. */
function pause(x: Exchange, ms: number): Promise<Refusal | null> {
  return new Promise((resolve) => {
    const go = (gone: Refusal | null): void => {
      clearTimeout(timer);
      x.cancelUpstream = null;
      resolve(gone);
    };
    const timer = setTimeout(go, ms, null);
    x.cancelUpstream = (refusal = refuse('client-gone')) => go(refusal);
  });
}

const TEXT = Buffer.from(`${REASONS['fault-injected'].text}\n`);

/** As the failure that is asked for, and marked as none: in the log by its reason, for the caller by a header. */
function aborted(x: Exchange, { status, grpcStatus }: NonNullable<FaultRules['abort']>, deps: PluginDeps): Outcome {
  deps.count('aborted');
  x.refusal = refuse('fault-injected', deps.place.plugin);
  const headers = HeaderList.from([
    ['cache-control', 'no-store'],
    ['x-ostiary-request-id', x.id],
    ['x-ostiary-reason', 'fault-injected'],
    [MARK, 'abort'],
  ]);
  if (x.grpc !== null) return grpcFailure(headers, grpcStatus ?? GRPC.unavailable);
  headers.append('content-type', 'text/plain; charset=utf-8');
  return respond(status ?? REASONS['fault-injected'].status, headers, new BufferedBody(TEXT));
}

function grpcFailure(headers: HeaderList, status: number): Outcome {
  headers.append('content-type', 'application/grpc');
  headers.append('grpc-status', String(status));
  headers.append('grpc-message', REASONS['fault-injected'].text);
  return respond(200, headers);
}
