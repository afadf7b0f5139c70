import { X509Certificate } from 'node:crypto';
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';
import { AppError } from '../base/errors.ts';
import type { UpstreamTlsSpec } from './spec.ts';

const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/**
 * What upstream certificates are checked against. Made once an upstream, on its first connection at the latest.
 * The system's roots include those of NODE_EXTRA_CA_CERTS.
 */
export function secureContextOf(
  tls: UpstreamTlsSpec,
  extraCas: readonly string[],
  identity: ClientIdentity | null = null,
): SecureContext {
  const ca = trustedRoots(tls, extraCas);
  return createSecureContext({ minVersion: 'TLSv1.2', ...(ca === null ? {} : { ca }), ...identity });
}

/** Who we are to an upstream, as PEM: the certificate with its chain, and its key. */
export interface ClientIdentity {
  readonly cert: string;
  readonly key: string;
}

/** `null`: the system's roots and nothing else, which Node shares between all contexts. */
function trustedRoots(tls: UpstreamTlsSpec, extraCas: readonly string[]): string[] | null {
  const own = tls.trustedCAs ?? [];
  if (own.length > 0 && tls.appendToSystemPool !== true) return [...own];
  const added = [...own, ...extraCas];
  return added.length === 0 ? null : [...getCACertificates('default'), ...added];
}

/**
 * OpenSSL skips what it cannot read, and an upstream would then fail on its first request with a message about
 * something else. @throws AppError `invalid`
 */
export function checkTrustedCAs({ trustedCAs = [] }: UpstreamTlsSpec): void {
  trustedCAs.forEach((pem, index) => {
    const certificates = pem.match(PEM_CERTIFICATE);
    if (certificates === null || !certificates.every(isCertificate)) {
      throw new AppError('invalid', `trustedCAs[${index}] is not a PEM certificate`);
    }
  });
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    // Its only failure is that the text is no certificate; the caller says so with the place.
    return false;
  }
}
