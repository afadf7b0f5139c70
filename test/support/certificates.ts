import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import {
  bits,
  boolean,
  explicit,
  implicit,
  integer,
  octets,
  oid,
  sequence,
  set,
  time,
  utf8,
} from '../../src/dev/der.ts';

const DAY_MS = 86_400_000;
const ECDSA_WITH_SHA256 = sequence(oid('1.2.840.10045.4.3.2'));
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
/** Parts of distinguished names. */
const NAME_PARTS: Readonly<Record<string, string>> = { CN: '2.5.4.3', O: '2.5.4.10', OU: '2.5.4.11' };

export interface Pair {
  /** PEM */
  readonly cert: string;
  readonly key: string;
}

/** Names as they stand in a certificate; strings may hold whatever bytes a test wants there. */
export interface Names {
  readonly subject?: readonly (readonly [part: string, value: string])[];
  readonly dns?: readonly string[];
  readonly ip?: readonly string[];
  readonly email?: readonly string[];
  readonly uri?: readonly string[];
  readonly daysLeft?: number;
}

/** Signs certificates for tests: for servers and clients, with any names in them. */
export class TestAuthority {
  readonly ca: string;
  readonly #keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  readonly #name: Buffer;

  constructor(name = 'Test authority') {
    this.#name = distinguishedName([['CN', name]]);
    const role = [
      extension('2.5.29.19', true, sequence(boolean(true))),
      extension('2.5.29.15', true, bits(Buffer.of(0b0000_0110), 1)),
    ];
    this.ca = this.#signed(this.#name, this.#keys.publicKey, role, 7);
  }

  server(names: Names): Pair {
    return this.#issue(names, SERVER_AUTH);
  }

  client(names: Names): Pair {
    return this.#issue(names, CLIENT_AUTH);
  }

  #issue(names: Names, usage: string): Pair {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const subject = distinguishedName(names.subject ?? [['CN', names.dns?.[0] ?? 'nobody']]);
    const extensions = [extension('2.5.29.37', false, sequence(oid(usage))), ...alternativeNames(names)];
    return {
      cert: this.#signed(subject, publicKey, extensions, names.daysLeft ?? 7),
      key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    };
  }

  #signed(subject: Buffer, publicKey: KeyObject, extensions: readonly Buffer[], daysLeft: number): string {
    const now = Date.now();
    const statement = sequence(
      explicit(0, integer(Buffer.of(2))),
      integer(Buffer.concat([Buffer.of(0x41), randomBytes(8)])),
      ECDSA_WITH_SHA256,
      this.#name,
      sequence(time(new Date(now - 30 * DAY_MS)), time(new Date(now + daysLeft * DAY_MS))),
      subject,
      publicKey.export({ type: 'spki', format: 'der' }),
      explicit(3, sequence(...extensions)),
    );
    const signature = sign('sha256', statement, this.#keys.privateKey);
    return pem(sequence(statement, ECDSA_WITH_SHA256, bits(signature)));
  }
}

export function fingerprintOf(cert: string): string {
  const der = Buffer.from(cert.replace(/-----[A-Z ]+-----|\s/g, ''), 'base64');
  return createHash('sha256').update(der).digest('hex');
}

function alternativeNames({ dns = [], ip = [], email = [], uri = [] }: Names): Buffer[] {
  const names = [
    ...email.map((text) => implicit(1, Buffer.from(text, 'latin1'))),
    ...dns.map((text) => implicit(2, Buffer.from(text, 'latin1'))),
    ...uri.map((text) => implicit(6, Buffer.from(text, 'latin1'))),
    ...ip.map((text) => implicit(7, Buffer.from(text.split('.').map(Number)))),
  ];
  return names.length === 0 ? [] : [extension('2.5.29.17', false, sequence(...names))];
}

function distinguishedName(parts: readonly (readonly [string, string])[]): Buffer {
  return sequence(...parts.map(([part, value]) => set(sequence(oid(NAME_PARTS[part]!), utf8(value)))));
}

function extension(id: string, critical: boolean, value: Buffer): Buffer {
  return critical ? sequence(oid(id), boolean(true), octets(value)) : sequence(oid(id), octets(value));
}

function pem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
