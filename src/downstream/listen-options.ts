import { messageOf } from '../base/errors.ts';
import { Sweeper } from '../base/sweeper.ts';
import { Admission } from './admission.ts';
import type { ArrivalParts, Engines } from './arrival.ts';
import { DEFAULT_LIMITS, type ListenerLimits } from './limits.ts';
import { Notices } from './notices.ts';
import type { ServeParts } from './protocol.ts';
import { TlsServer, type TlsSettings } from './tls/server.ts';

export interface ListenOptions extends Pick<ServeParts, 'kernel' | 'snapshot' | 'clock'> {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Without it the listener speaks cleartext. */
  readonly tls?: TlsSettings;
  readonly limits?: Partial<ListenerLimits>;
  /** Of all listeners of the process; without it the limits are this listener's own. */
  readonly admission?: Admission;
  readonly isOverloaded?: () => boolean;
  /** Several processes listen on the address, and the system spreads connections over them. */
  readonly reusePort?: boolean;
  /** Told of trouble beside requests, at most once a minute for each kind. */
  readonly warn?: (message: string) => void;
}

const SLOWEST_SWEEP = 500;
const QUICKEST_SWEEP = 10;

/** What connections of a listener with these options are served with. */
export function arrivalParts(
  options: ListenOptions,
  createEngines: (parts: ServeParts) => Engines,
  isDraining: () => boolean,
): ArrivalParts {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const sweeper = new Sweeper(sweepInterval(limits));
  const notices = new Notices(options.warn ?? ignore);
  const { kernel, snapshot, clock, isOverloaded = never } = options;
  const mistake = (thrown: unknown): void => notices.note('a request met a mistake of the gateway', messageOf(thrown));
  const { tls: settings, admission = new Admission(limits) } = options;
  const { handshakeTimeout } = limits;
  return {
    engines: createEngines({ kernel, snapshot, clock, limits, sweeper, isDraining, isOverloaded, mistake }),
    tls: settings === undefined ? null : new TlsServer({ settings, sweeper, handshakeTimeout, notices }),
    snapshot,
    sweeper,
    limits,
    admission,
    notices,
  };
}

/** Often enough for the shortest time-out, seldom enough that many connections cost little. */
function sweepInterval(limits: ListenerLimits): number {
  const { headTimeout, keepAliveTimeout, bodyIdle, writeIdle, handshakeTimeout } = limits;
  const shortest = Math.min(headTimeout, keepAliveTimeout, bodyIdle, writeIdle, handshakeTimeout);
  return Math.max(QUICKEST_SWEEP, Math.min(SLOWEST_SWEEP, shortest / 4));
}

function ignore(): void {}

function never(): boolean {
  return false;
}
