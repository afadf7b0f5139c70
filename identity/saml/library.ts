import type * as Library from '@node-saml/node-saml';
import type { SamlMetadata } from '../../src/model/index.ts';
import { SamlFault } from './fault.ts';

export type SamlLibrary = typeof Library;
export type LoadLibrary = () => Promise<SamlLibrary>;

/** Of clocks, in milliseconds. */
export const SKEW = 60_000;

/** A package that only those install who use it. */
export const loadLibrary: LoadLibrary = () => import('@node-saml/node-saml');

/** Both sides of one sign-in. */
export interface SamlExchange {
  readonly metadata: SamlMetadata;
  /** What we are called at the provider. */
  readonly entityID: string;
  /** Where the provider is to send people back to. */
  readonly consumerURL: string;
  /** Of the request that an answer must be to. */
  readonly requestID: string;
  readonly forceAuthn: boolean;
}

/** @throws SamlFault when the package is not there */
export async function libraryFor(load: LoadLibrary, exchange: SamlExchange): Promise<Library.SAML> {
  const library = await load().catch(() => {
    throw new SamlFault(
      'provider-misconfigured',
      'SAML needs a package: npm install --omit=dev --save-prod @node-saml/node-saml',
    );
  });
  const { metadata, entityID, consumerURL, requestID, forceAuthn } = exchange;
  return new library.SAML({
    entryPoint: metadata.signInURL,
    idpCert: [...metadata.certificates],
    idpIssuer: metadata.entityID,
    issuer: entityID,
    audience: entityID,
    callbackUrl: consumerURL,
    wantAssertionsSigned: true,
    // One of the two is what counts, and the assertion is it.
    wantAuthnResponseSigned: false,
    validateInResponseTo: library.ValidateInResponseTo.always,
    cacheProvider: onlyRequest(requestID),
    generateUniqueId: () => requestID,
    acceptedClockSkewMs: SKEW,
    signatureAlgorithm: 'sha256',
    forceAuthn,
    identifierFormat: null,
    disableRequestedAuthnContext: true,
  });
}

/** The state of a sign-in is with the browser that began it; it says which request this is about. */
function onlyRequest(requestID: string): Library.CacheProvider {
  return {
    saveAsync: async () => null,
    getAsync: async (id) => (id === requestID ? new Date().toISOString() : null),
    removeAsync: async () => null,
  };
}
