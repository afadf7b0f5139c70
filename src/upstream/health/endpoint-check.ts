import { messageOf } from '../../base/errors.ts';
import type { Endpoint } from '../endpoint.ts';
import type { HealthCheckSpec } from '../spec.ts';
import type { HealthCheckParts } from './checks.ts';
import { probe } from './probe.ts';

/** The first look is taken soon, but not by all at the same moment. */
const FIRST_WITHIN = 500;

/** Asks one endpoint again and again, and writes into its condition what it finds. */
export class EndpointCheck {
  readonly #spec: HealthCheckSpec;
  readonly #endpoint: Endpoint;
  readonly #parts: HealthCheckParts;
  #timer: NodeJS.Timeout | null = null;
  #asking: AbortController | null = null;
  /** Results in a row that speak against what is believed. */
  #against = 0;
  #isFirst = true;

  constructor(spec: HealthCheckSpec, endpoint: Endpoint, parts: HealthCheckParts) {
    this.#spec = spec;
    this.#endpoint = endpoint;
    this.#parts = parts;
  }

  /** Does nothing when it runs already. */
  start(): void {
    if (this.#timer !== null) return;
    this.#wait(Math.random() * Math.min(FIRST_WITHIN, this.#spec.interval));
  }

  stop(): void {
    clearTimeout(this.#timer ?? undefined);
    this.#asking?.abort();
  }

  #wait(ms: number): void {
    this.#timer = setTimeout(() => void this.#ask(), ms).unref();
  }

  async #ask(): Promise<void> {
    const asking = new AbortController();
    this.#asking = asking;
    const trouble = await this.#probe(asking.signal);
    if (asking.signal.aborted) return;
    if (trouble !== 'unknown') this.#found(trouble);
    this.#wait(this.#spec.interval * (0.9 + Math.random() * 0.2));
  }

  /** Why the endpoint is not healthy, `null` when it is; `unknown` without the certificate that it asks for. */
  async #probe(stopped: AbortSignal): Promise<string | null | 'unknown'> {
    const { identity, tls } = this.#parts;
    if (!identity.isReady) return 'unknown';
    const signal = AbortSignal.any([stopped, AbortSignal.timeout(this.#spec.timeout)]);
    const secureContext = () => identity.secureContext();
    try {
      await probe(this.#spec, { endpoint: this.#endpoint, tls, secureContext, signal });
      return null;
    } catch (thrown) {
      return messageOf(thrown);
    }
  }

  #found(trouble: string | null): void {
    const { condition } = this.#endpoint;
    const isDown = trouble !== null;
    this.#against = isDown === condition.isDown ? 0 : this.#against + 1;
    const threshold = isDown ? this.#spec.unhealthyThreshold : this.#spec.healthyThreshold;
    const decides = this.#against >= (this.#isFirst ? 1 : threshold);
    this.#isFirst = false;
    if (!decides) return;
    this.#against = 0;
    condition.isDown = isDown;
    if (!isDown) condition.upSince = this.#parts.clock.monotonic();
    this.#parts.warn(
      isDown ? `${this.#endpoint.url.origin} is down: ${trouble}` : `${this.#endpoint.url.origin} is up again`,
    );
  }
}
