import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { bits, boolean, explicit, implicit, integer, octets, oid, sequence, set, time, utf8 } from './der.ts';

/** All PEM. The authority's own key is forgotten at once, so that nothing more can be signed with it. */
export interface DemoCertificates {
  /** What a client trusts. */
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

const DAY_MS = 86_400_000;
const LIFETIME_DAYS = 7;

const ECDSA_WITH_SHA256 = sequence(oid('1.2.840.10045.4.3.2'));
const COMMON_NAME = '2.5.4.3';
const SUBJECT_KEY_IDENTIFIER = '2.5.29.14';
const KEY_USAGE = '2.5.29.15';
const SUBJECT_ALT_NAME = '2.5.29.17';
const BASIC_CONSTRAINTS = '2.5.29.19';
const AUTHORITY_KEY_IDENTIFIER = '2.5.29.35';
const EXTENDED_KEY_USAGE = '2.5.29.37';
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';

/**
 * A throw-away authority and a server certificate of its for these host names, on P-256, good for a week
 * (RFC 5280). For the demo's upstreams and for tests: neither openssl nor a package is needed.
 */
export function createDemoCertificates(hosts: readonly string[], now = Date.now()): DemoCertificates {
  const authority = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const server = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const issuer = { name: 'Ostiary demo authority', keys: authority };
  return {
    ca: certificate({ subject: issuer.name, publicKey: authority.publicKey, issuer, extensions: authorityRole(), now }),
    cert: certificate({
      subject: hosts[0] ?? 'localhost',
      publicKey: server.publicKey,
      issuer,
      extensions: serverRole(hosts),
      now,
    }),
    key: server.privateKey.export({ type: 'pkcs8', format: 'pem' }),
  };
}

interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

interface CertificateParts {
  readonly subject: string;
  readonly publicKey: KeyObject;
  readonly issuer: { readonly name: string; readonly keys: KeyPair };
  readonly extensions: readonly Buffer[];
  readonly now: number;
}

function certificate({ subject, publicKey, issuer, extensions, now }: CertificateParts): string {
  const statement = sequence(
    explicit(0, integer(Buffer.of(2))),
    serialNumber(),
    ECDSA_WITH_SHA256,
    nameOf(issuer.name),
    // A day earlier, for clocks that differ.
    sequence(time(new Date(now - DAY_MS)), time(new Date(now + LIFETIME_DAYS * DAY_MS))),
    nameOf(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    explicit(3, sequence(...extensions, ...keyIdentifiers(publicKey, issuer.keys.publicKey))),
  );
  const signature = sign('sha256', statement, issuer.keys.privateKey);
  return pem(sequence(statement, ECDSA_WITH_SHA256, bits(signature)));
}

function authorityRole(): Buffer[] {
  return [
    extension(BASIC_CONSTRAINTS, true, sequence(boolean(true), integer(Buffer.of(0)))),
    // keyCertSign alone: bit 5 of the first byte.
    extension(KEY_USAGE, true, bits(Buffer.of(0b0000_0100), 2)),
  ];
}

function serverRole(hosts: readonly string[]): Buffer[] {
  const names = hosts.map((host) => implicit(2, Buffer.from(host, 'ascii')));
  return [
    extension(BASIC_CONSTRAINTS, true, sequence()),
    // digitalSignature alone: bit 0.
    extension(KEY_USAGE, true, bits(Buffer.of(0b1000_0000), 7)),
    extension(EXTENDED_KEY_USAGE, false, sequence(oid(SERVER_AUTH))),
    extension(SUBJECT_ALT_NAME, false, sequence(...names)),
  ];
}

function keyIdentifiers(subject: KeyObject, issuer: KeyObject): Buffer[] {
  return [
    extension(SUBJECT_KEY_IDENTIFIER, false, octets(keyIdentifier(subject))),
    extension(AUTHORITY_KEY_IDENTIFIER, false, sequence(implicit(0, keyIdentifier(issuer)))),
  ];
}

/** RFC 5280, 4.2.1.2 (1): SHA-1 of the key's bits; a name for the key, not a protection. */
function keyIdentifier(key: KeyObject): Buffer {
  const UNCOMPRESSED_POINT_BYTES = 65;
  const spki = key.export({ type: 'spki', format: 'der' });
  return createHash('sha1').update(spki.subarray(-UNCOMPRESSED_POINT_BYTES)).digest();
}

function extension(id: string, critical: boolean, value: Buffer): Buffer {
  return critical ? sequence(oid(id), boolean(true), octets(value)) : sequence(oid(id), octets(value));
}

function nameOf(commonName: string): Buffer {
  return sequence(set(sequence(oid(COMMON_NAME), utf8(commonName))));
}

/** 126 random bits below a fixed first one, so that the number is positive and its encoding the shortest. */
function serialNumber(): Buffer {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0]! & 0x3f) | 0x40;
  return integer(bytes);
}

function pem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
