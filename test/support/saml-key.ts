import { generateKeyPairSync, sign } from 'node:crypto';
import { bits, integer, oid, sequence, set, time, utf8 } from '../../src/dev/der.ts';

const DAY_MS = 86_400_000;
const NULL = Buffer.of(5, 0);
const RSA_WITH_SHA256 = sequence(oid('1.2.840.113549.1.1.11'), NULL);
const NAME = sequence(set(sequence(oid('2.5.4.3'), utf8('Test identity provider'))));

/** What a SAML provider signs with. All PEM. */
export interface SamlKey {
  readonly cert: string;
  readonly key: string;
}

export function newSamlKey(bitsOfKey = 2048): SamlKey {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: bitsOfKey });
  const now = Date.now();
  const statement = sequence(
    integer(Buffer.of(1)),
    RSA_WITH_SHA256,
    NAME,
    sequence(time(new Date(now - DAY_MS)), time(new Date(now + DAY_MS))),
    NAME,
    publicKey.export({ type: 'spki', format: 'der' }),
  );
  const der = sequence(statement, RSA_WITH_SHA256, bits(sign('sha256', statement, privateKey)));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** The certificate as it stands in XML. */
export function bareCertificate({ cert }: SamlKey): string {
  return cert.replace(/-----[^-]+-----|\s/g, '');
}
