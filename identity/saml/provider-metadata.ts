import type { Clock } from '../../src/base/clock.ts';
import { AppError, messageOf } from '../../src/base/errors.ts';
import { Lru } from '../../src/base/lru.ts';
import { SingleFlight } from '../../src/base/single-flight.ts';
import { readSamlMetadata, type SamlMetadata, type SamlProvider } from '../../src/model/index.ts';
import { guardedFetch, isTrustworthy } from '../oidc/guarded-fetch.ts';
import { SamlFault } from './fault.ts';

/** Milliseconds after which metadata are read again: providers change their keys. */
const MOST_AGE = 3_600_000;
/** The same when they may be why an answer does not verify, and after a failure. */
export const LEAST_AGE = 60_000;
const TIMEOUT = 10_000;
const MOST_PROVIDERS = 100;

interface Read {
  readonly metadata: SamlMetadata;
  readonly readAt: number;
}

/** What providers say of themselves: read when first needed, kept, and read again. What was good last stays. */
export class ProviderMetadata {
  readonly #clock: Clock;
  readonly #timeout: number;
  /** Of those that stand in the configuration. */
  readonly #inline = new WeakMap<SamlProvider, SamlMetadata>();
  readonly #read = new Lru<string, Read>(MOST_PROVIDERS);
  readonly #triedAt = new Lru<string, number>(MOST_PROVIDERS);
  readonly #reading = new SingleFlight<string, Read>();

  /** @param timeout of a whole answer, in milliseconds */
  constructor(clock: Clock, timeout = TIMEOUT) {
    this.#clock = clock;
    this.#timeout = timeout;
  }

  /** @param mostAge milliseconds @throws SamlFault */
  async of(settings: SamlProvider, mostAge = MOST_AGE): Promise<SamlMetadata> {
    const { metadataURL } = settings;
    const known = metadataURL === undefined ? this.#written(settings) : await this.#at(metadataURL, mostAge);
    if (known.validUntil !== null && known.validUntil <= this.#clock.now()) {
      throw new SamlFault('provider-misconfigured', 'the metadata of the provider have expired');
    }
    return known;
  }

  #written(settings: SamlProvider): SamlMetadata {
    const metadata = this.#inline.get(settings) ?? usable(settings.metadata ?? '');
    this.#inline.set(settings, metadata);
    return metadata;
  }

  async #at(url: string, mostAge: number): Promise<SamlMetadata> {
    const known = this.#read.get(url);
    const now = this.#clock.monotonic();
    if (known !== undefined && (now - known.readAt < mostAge || this.#wasTried(url, now))) return known.metadata;
    try {
      return (await this.#reading.run(url, () => this.#fetch(url))).metadata;
    } catch (thrown) {
      if (known === undefined) throw thrown;
      return known.metadata;
    }
  }

  #wasTried(url: string, now: number): boolean {
    const tried = this.#triedAt.get(url);
    return tried !== undefined && now - tried < LEAST_AGE;
  }

  async #fetch(url: string): Promise<Read> {
    const readAt = this.#clock.monotonic();
    this.#triedAt.set(url, readAt);
    const read = { metadata: usable(await download(url, this.#timeout)), readAt };
    this.#read.set(url, read);
    return read;
  }
}

function usable(text: string): SamlMetadata {
  const reading = readSamlMetadata(text);
  if (!reading.ok) throw new SamlFault('provider-misconfigured', `the metadata cannot be used: ${reading.message}`);
  const signInURL = URL.parse(reading.metadata.signInURL);
  if (signInURL === null || !isTrustworthy(signInURL)) {
    throw new SamlFault('provider-misconfigured', 'the provider signs people in without HTTPS');
  }
  return reading.metadata;
}

/** Over HTTPS or from this machine; no redirect is followed. */
async function download(url: string, timeout: number): Promise<string> {
  const signal = AbortSignal.timeout(timeout);
  try {
    const response = await guardedFetch(url, {
      method: 'GET',
      headers: {},
      body: undefined,
      redirect: 'manual',
      signal,
    });
    if (response.status !== 200) throw new SamlFault('provider-unreachable', `${url} gave ${response.status}`);
    return await response.text();
  } catch (thrown) {
    if (thrown instanceof SamlFault) throw thrown;
    const code = thrown instanceof AppError ? 'provider-misconfigured' : 'provider-unreachable';
    throw new SamlFault(code, `${url}: ${messageOf(thrown)}`);
  }
}
