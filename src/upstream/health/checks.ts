import type { Clock } from '../../base/clock.ts';
import type { TlsIdentity } from '../client-certificate.ts';
import type { Endpoint } from '../endpoint.ts';
import type { HealthCheckSpec, UpstreamTlsSpec } from '../spec.ts';
import { EndpointCheck } from './endpoint-check.ts';

export interface HealthCheckParts {
  readonly tls: UpstreamTlsSpec;
  readonly identity: TlsIdentity;
  readonly clock: Clock;
  readonly warn: (message: string) => void;
}

/** The health checks of one upstream: every endpoint is asked on its own, over a connection of its own. */
export class HealthChecks {
  readonly #checks: readonly EndpointCheck[];

  constructor(spec: HealthCheckSpec, endpoints: readonly Endpoint[], parts: HealthCheckParts) {
    this.#checks = endpoints.map((endpoint) => new EndpointCheck(spec, endpoint, parts));
  }

  start(): void {
    for (const check of this.#checks) check.start();
  }

  stop(): void {
    for (const check of this.#checks) check.stop();
  }
}
