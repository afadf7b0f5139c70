import { Certificates } from '../../src/downstream/tls/certificates.ts';
import type { TlsSettings } from '../../src/downstream/tls/server.ts';
import { ServerCertificate } from '../../src/downstream/tls/server-certificate.ts';
import type { Pair } from './certificates.ts';

export function certificateOf({ cert, key }: Pair, source = 'test'): ServerCertificate {
  return new ServerCertificate(source, cert, key);
}

/** Settings that a test may change: `material` is replaced to change certificates. */
export function tlsWith(pairs: readonly Pair[], clients: Partial<ClientSettings> = {}): TlsSettings {
  const certificates = new Certificates(pairs.map((pair) => certificateOf(pair)));
  const material = { certificates, clientCa: clients.ca ?? null };
  return { clientCertificates: clients.mode ?? 'none', material: () => material };
}

interface ClientSettings {
  readonly ca: string;
  readonly mode: TlsSettings['clientCertificates'];
}
