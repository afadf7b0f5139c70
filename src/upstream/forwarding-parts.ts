import type { Clock } from '../base/clock.ts';
import type { Balancer } from './balance/balancer.ts';
import type { Endpoint } from './endpoint.ts';
import type { Forwarding } from './forwarding.ts';
import type { RetryBudget } from './retry/budget.ts';
import type { RetrySpec, UpstreamTimeouts } from './spec.ts';

/** What the requests to one upstream share. */
export interface ForwardingParts {
  readonly balancer: Balancer;
  readonly timeouts: UpstreamTimeouts;
  /** `null`: only what is certainly safe is sent again. */
  readonly retry: RetrySpec | null;
  /** There when `retry` is. */
  readonly budget: RetryBudget | null;
  readonly clock: Clock;
  /** Counts a request that begins, and watches its deadline. */
  began(forwarding: Forwarding): void;
  ended(forwarding: Forwarding): void;
  /** What a try tells of its endpoint. */
  judge(endpoint: Endpoint, good: boolean): void;
}
