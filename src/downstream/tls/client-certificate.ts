import type { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import type { ClientCertificate } from '../../gateway/exchange.ts';
import { type AlternativeName, parseAlternativeNames } from './alternative-names.ts';

/** Whether clients are asked for a certificate, and whether they need one. */
export type ClientCertificates = 'none' | 'optional' | 'required';

/**
 * Who the client proved to be; `null`: it showed no certificate and needs none. A text says why the connection has to
 * end: a certificate that cannot be trusted is never taken for none.
 */
export function clientOf(socket: TLSSocket, mode: ClientCertificates): ClientCertificate | null | string {
  if (mode === 'none') return null;
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return mode === 'optional' ? null : 'it showed no certificate';
  if (!socket.authorized) return `its certificate is not trusted: ${String(socket.authorizationError)}`;
  return identityOf(certificate) ?? 'the names in its certificate cannot be read without doubt';
}

/** @returns `null` when a name holds something that could make it look like another name. */
export function identityOf(certificate: X509Certificate): ClientCertificate | null {
  const names = parseAlternativeNames(certificate.subjectAltName ?? '');
  if (names === null || !names.every(isPlain)) return null;
  const valuesOf = (kind: string) => names.filter((name) => name.kind === kind).map(({ value }) => value);
  return {
    subject: distinguishedName(certificate.subject),
    issuer: distinguishedName(certificate.issuer),
    serialNumber: certificate.serialNumber,
    fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    dnsNames: valuesOf('DNS').map((name) => name.toLowerCase()),
    emails: valuesOf('email'),
    uris: valuesOf('URI'),
  };
}

/** The kinds that identities are made of are ASCII (RFC 5280 4.2.1.6); a NUL or a space has been an attack only. */
const IDENTIFYING = new Set(['DNS', 'email', 'URI']);

function isPlain({ kind, value }: AlternativeName): boolean {
  return !IDENTIFYING.has(kind) || /^[\x21-\x7e]+$/.test(value);
}

/** OpenSSL gives one part a line, the first one first and special characters escaped; RFC 4514 begins with the last. */
function distinguishedName(lines: string | undefined): string {
  if (lines === undefined) return '';
  const parts = lines.split('\n').map((line) => line.replaceAll(' + ', '+'));
  return parts.reverse().join(',');
}
