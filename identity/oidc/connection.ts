import * as client from 'openid-client';
import type { Clock } from '../../src/base/clock.ts';
import { AppError } from '../../src/base/errors.ts';
import { Lru } from '../../src/base/lru.ts';
import { SingleFlight } from '../../src/base/single-flight.ts';
import type { OidcProvider } from '../../src/model/index.ts';
import type { OpenSecret } from '../ports.ts';
import { clientAuthentication, clientSecretName } from './client-authentication.ts';
import { guardedFetch, isTrustworthy } from './guarded-fetch.ts';

/** Seconds, for each call to a provider. */
export const CALL_TIMEOUT = 10;
/** Milliseconds after which the discovery document is read again: providers change their end points. */
const METADATA_MAX_AGE = 3_600_000;
const MOST_PROVIDERS = 100;
const NO_DOCUMENT: ReadonlySet<string> = new Set([
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
  'OAUTH_RESPONSE_IS_NOT_JSON',
  'OAUTH_PARSE_ERROR',
]);

interface Discovered {
  readonly configuration: client.Configuration;
  readonly readAt: number;
}

/** The providers' discovery documents and key sets: read when first needed, kept, and read again after a failure. */
export class ProviderConnections {
  readonly #openSecret: OpenSecret;
  readonly #clock: Clock;
  readonly #discovered = new Lru<string, Discovered>(MOST_PROVIDERS);
  readonly #discovering = new SingleFlight<string, client.Configuration>();

  readonly #timeout: number;

  /** @param timeout of one call, in seconds */
  constructor(openSecret: OpenSecret, clock: Clock, timeout = CALL_TIMEOUT) {
    this.#openSecret = openSecret;
    this.#clock = clock;
    this.#timeout = timeout;
  }

  /** Rejects with AppError `invalid` for a provider that is configured wrongly, otherwise with openid-client's errors. */
  async connect(oidc: OidcProvider): Promise<client.Configuration> {
    const key = keyOf(oidc);
    const known = this.#discovered.get(key);
    if (known !== undefined && this.#clock.monotonic() - known.readAt < METADATA_MAX_AGE) return known.configuration;
    return this.#discovering.run(key, () => this.#discover(key, oidc));
  }

  async #discover(key: string, oidc: OidcProvider): Promise<client.Configuration> {
    const issuer = parseIssuer(oidc.issuerURL);
    const configuration = await client
      .discovery(issuer, oidc.clientID, {}, clientAuthentication(oidc, this.#openSecret), {
        timeout: this.#timeout,
        [client.customFetch]: guardedFetch,
        execute: extensionsFor(issuer),
      })
      .catch((thrown: unknown) => refuseOtherServer(thrown, issuer));
    checkMetadata(configuration.serverMetadata(), issuer);
    this.#discovered.set(key, { configuration, readAt: this.#clock.monotonic() });
    return configuration;
  }
}

/** Whatever of the settings is in a Configuration. */
function keyOf(oidc: OidcProvider): string {
  const { issuerURL, clientID, clientAuthentication: method, privateKey } = oidc;
  return JSON.stringify([issuerURL, clientID, clientSecretName(oidc), method ?? null, privateKey?.keyID ?? null]);
}

/** An address of a discovery document would switch off the library's comparison of issuers. */
function parseIssuer(text: string): URL {
  const url = URL.parse(text);
  if (url !== null && isTrustworthy(url) && !url.href.includes('/.well-known/')) return url;
  throw new AppError('invalid', `"${text}" is not an issuer: an https URL, without /.well-known/.`);
}

/** Plain HTTP for loopback issuers only; `guardedFetch` holds each single call to that. */
function extensionsFor(issuer: URL): Array<(configuration: client.Configuration) => void> {
  const always = [client.enableNonRepudiationChecks];
  return issuer.protocol === 'https:' ? always : [...always, client.allowInsecureRequests];
}

/** Something else answers at this address: the setting is wrong, whatever the answer says. */
function refuseOtherServer(thrown: unknown, issuer: URL): never {
  const { code, cause } = thrown instanceof client.ClientError ? thrown : {};
  if (!NO_DOCUMENT.has(code ?? '') || (cause instanceof Response && cause.status >= 500)) throw thrown;
  const status = cause instanceof Response ? ` (status ${cause.status})` : '';
  throw new AppError('invalid', `There is no discovery document of OpenID Connect at "${issuer.href}"${status}.`);
}

/** The library lets some providers state another issuer than the one asked for (one for all tenants): not here. */
function checkMetadata(server: client.ServerMetadata, issuer: URL): void {
  if (URL.parse(server.issuer)?.href !== issuer.href) {
    throw new AppError('invalid', `The provider states the issuer "${server.issuer}", not "${issuer.href}".`);
  }
  const authorize = URL.parse(server.authorization_endpoint ?? '');
  if (authorize === null || !isTrustworthy(authorize)) {
    throw new AppError('invalid', 'The provider has no authorization endpoint with https.');
  }
}
