import { createHash, createHmac } from 'node:crypto';
import { define } from './builtin.ts';

const HASHES = ['md5', 'sha1', 'sha256'] as const;
const HMACS = ['md5', 'sha1', 'sha256', 'sha512'] as const;

export const DIGESTS = [
  ...HASHES.map((hash) =>
    define(`crypto.${hash}`, ['string'], ([text]) => createHash(hash).update(text).digest('hex')),
  ),
  ...HMACS.map((hash) =>
    define(`crypto.hmac.${hash}`, ['string', 'string'], ([text, key]) =>
      createHmac(hash, key).update(text).digest('hex'),
    ),
  ),
  define('crypto.hmac.equal', ['string', 'string'], ([a, b]) => a === b),
];
