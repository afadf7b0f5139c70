import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { createSecureContext } from 'node:tls';
import { AppError, messageOf } from '../../base/errors.ts';

/** How a certificate names a host: by itself, or with all its neighbours. */
export type Coverage = 'exact' | 'wildcard' | null;

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
const PRIVATE_KEY = /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----[^-]+-----END (?:[A-Z]+ )?PRIVATE KEY-----/g;

/** Wildcards stand for one whole label (RFC 6125 6.4.3). */
const STRICTLY = { partialWildcards: false, singleLabelSubdomains: true } as const;

/** A certificate chain with its private key, checked to belong together. Printing it shows no key. */
export class ServerCertificate {
  /** Where it is from, for messages. */
  readonly source: string;
  readonly expiresAt: Date;
  readonly #leaf: X509Certificate;
  readonly #chain: string;
  readonly #key: string;

  /** @throws AppError `invalid` that says what is wrong, without showing any of it. */
  constructor(source: string, chain: string, key: string) {
    this.source = source;
    this.#leaf = leafOf(source, chain);
    this.#chain = chain;
    this.#key = key;
    this.expiresAt = new Date(this.#leaf.validTo);
    if (!this.#leaf.checkPrivateKey(privateKeyOf(source, key))) {
      throw invalid(source, 'the private key does not belong to the first certificate');
    }
    checkUsable(source, { cert: chain, key });
  }

  get contextOptions(): { readonly cert: string; readonly key: string } {
    return { cert: this.#chain, key: this.#key };
  }

  /** @param host canonical, IPv6 in brackets */
  covers(host: string): Coverage {
    const address = host.startsWith('[') ? host.slice(1, -1) : host;
    // Both throw on what is none of theirs.
    if (isIP(address) !== 0) return this.#leaf.checkIP(address) === undefined ? null : 'exact';
    const name = this.#leaf.checkHost(host, STRICTLY);
    if (name === undefined) return null;
    return name.startsWith('*') ? 'wildcard' : 'exact';
  }
}

/** Reads one text with certificates and a private key, as Secrets hold them. @throws AppError `invalid` */
export function certificateOfText(source: string, text: string): ServerCertificate {
  const keys = text.match(PRIVATE_KEY) ?? [];
  if (keys.length !== 1) throw invalid(source, `one private key is expected, there are ${keys.length}`);
  return new ServerCertificate(source, (text.match(CERTIFICATE) ?? []).join('\n'), keys[0] as string);
}

function leafOf(source: string, chain: string): X509Certificate {
  const first = chain.match(CERTIFICATE)?.[0];
  if (first === undefined) throw invalid(source, 'there is no certificate in PEM form');
  try {
    return new X509Certificate(first);
  } catch (cause) {
    throw invalid(source, 'the certificate cannot be read', cause);
  }
}

function privateKeyOf(source: string, key: string): KeyObject {
  try {
    return createPrivateKey(key);
  } catch (cause) {
    const because = key.includes('ENCRYPTED') ? 'it must not have a passphrase' : 'it is not in PEM form';
    throw invalid(source, `the private key cannot be read: ${because}`, cause);
  }
}

/** OpenSSL refuses more than a reader does: keys that are too short, chains that are none. */
function checkUsable(source: string, options: { cert: string; key: string }): void {
  try {
    createSecureContext(options);
  } catch (cause) {
    throw invalid(source, `TLS cannot use it: ${messageOf(cause)}`, cause);
  }
}

function invalid(source: string, because: string, cause?: unknown): AppError {
  return new AppError('invalid', `${source}: ${because}`, { cause });
}
