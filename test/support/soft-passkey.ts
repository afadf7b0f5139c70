import { createHash, createSign, generateKeyPairSync } from 'node:crypto';
import type { PasskeyQuestion } from '../../identity/factors/pages.ts';

const [USER_PRESENT, USER_VERIFIED] = [1, 4];

/** A passkey in memory; answers as `passkey.js` posts them. */
export class SoftPasskey {
  readonly #keys = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  readonly #id = createHash('sha256').update(this.#spki).digest('base64url');
  readonly #origin: string;
  readonly #domain: string;
  #count = 0;

  constructor(domain: string) {
    this.#origin = `https://${domain}`;
    this.#domain = domain;
  }

  create({ ticket, options }: PasskeyQuestion) {
    const response = {
      clientDataJSON: this.#clientData('webauthn.create', options).toString('base64url'),
      authenticatorData: Buffer.concat([this.#authenticatorData(), Buffer.alloc(64)]).toString('base64url'),
      publicKey: this.#spki.toString('base64url'),
      publicKeyAlgorithm: -7,
      transports: ['internal'],
    };
    return { ticket, answer: JSON.stringify({ id: this.#id, response }) };
  }

  get({ ticket, options }: PasskeyQuestion) {
    const client = this.#clientData('webauthn.get', options);
    const data = this.#authenticatorData();
    const signed = Buffer.concat([data, createHash('sha256').update(client).digest()]);
    const signature = createSign('sha256').update(signed).sign(this.#keys.privateKey).toString('base64url');
    const [clientDataJSON, authenticatorData] = [client.toString('base64url'), data.toString('base64url')];
    return {
      ticket,
      answer: JSON.stringify({ id: this.#id, response: { clientDataJSON, authenticatorData, signature } }),
    };
  }

  get #spki(): Buffer {
    return this.#keys.publicKey.export({ format: 'der', type: 'spki' });
  }

  #clientData(type: string, options: object): Buffer {
    const challenge = 'challenge' in options ? options.challenge : null;
    return Buffer.from(JSON.stringify({ type, challenge, origin: this.#origin, crossOrigin: false }));
  }

  /** WebAuthn 6.1 */
  #authenticatorData(): Buffer {
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(++this.#count);
    const flags = Buffer.of(USER_PRESENT | USER_VERIFIED);
    return Buffer.concat([createHash('sha256').update(this.#domain).digest(), flags, counter]);
  }
}
