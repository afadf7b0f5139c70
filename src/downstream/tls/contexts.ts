import { constants } from 'node:crypto';
import { createSecureContext, type SecureContext } from 'node:tls';
import type { Certificates } from './certificates.ts';
import type { ServerCertificate } from './server-certificate.ts';
import { canonicalServerName } from './server-name.ts';

/** What a TLS listener shows and trusts. Replaced whole: handshakes under way keep what they began with. */
export interface TlsMaterial {
  readonly certificates: Certificates;
  /** PEM of the authorities that clients' certificates may come from; `null` when none is asked for. */
  readonly clientCa: string | null;
}

/** Forward secrecy and authenticated encryption only; RFC 9113 9.2.2 forbids the rest for HTTP/2. */
const CIPHERS = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
].join(':');

/** What OpenSSL needs for each certificate, made when it is first asked for. */
export class SecureContexts {
  readonly material: TlsMaterial;
  readonly #made = new Map<ServerCertificate, SecureContext>();

  constructor(material: TlsMaterial) {
    this.material = material;
  }

  /** For clients that ask for no name. */
  get defaultOptions() {
    return optionsFor(this.material.certificates.default, this.material.clientCa);
  }

  /** `undefined`: the default one. @param name as the client sent it */
  forName(name: string): SecureContext | undefined {
    const host = canonicalServerName(name);
    const certificate = host === null ? null : this.material.certificates.select(host);
    if (certificate === null) return undefined;
    const known = this.#made.get(certificate);
    if (known !== undefined) return known;
    const context = createSecureContext(optionsFor(certificate, this.material.clientCa));
    this.#made.set(certificate, context);
    return context;
  }
}

function optionsFor(certificate: ServerCertificate | null, clientCa: string | null) {
  return {
    ...certificate?.contextOptions,
    ...(clientCa === null ? {} : { ca: clientCa }),
    minVersion: 'TLSv1.2',
    ciphers: CIPHERS,
    sessionIdContext: 'ostiary',
    // A resumed session would carry the client's identity past the check of its certificate (R72).
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION | (clientCa === null ? 0 : constants.SSL_OP_NO_TICKET),
  } as const;
}
