import { setImmediate as nextTurn } from 'node:timers/promises';
import { messageOf } from '../../src/base/errors.ts';
import type { Effort } from './effort.ts';
import { SamlFault, untrusted } from './fault.ts';
import { type LoadLibrary, libraryFor, type SamlExchange } from './library.ts';

/** The text of a posted answer. Of the two programs that read it none shall guess. @throws SamlFault */
export function decoded(base64: string): string {
  const compact = base64.replace(/[\r\n\t ]/g, '');
  if (compact === '' || !/^[A-Za-z0-9+/]+={0,2}$/.test(compact)) throw untrusted('the answer is not base64');
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(compact, 'base64'));
  } catch {
    throw untrusted('the answer is not UTF-8');
  }
}

/** Whatever else is wrong is so whoever has signed. */
const SIGNED_BY_ANOTHER = 'Invalid signature';

/**
 * The assertion as the signature covers it; nothing else of the message may be believed. One certificate after the
 * other, because each takes a while, and others have their turn in between.
 * @throws SamlFault
 */
export async function signedPart(
  load: LoadLibrary,
  text: string,
  exchange: SamlExchange,
  { spend }: Pick<Effort, 'spend'>,
): Promise<string> {
  const response = { SAMLResponse: Buffer.from(text).toString('base64') };
  for (const certificate of exchange.metadata.certificates) {
    const library = await libraryFor(load, withOnly(certificate, exchange));
    try {
      const { profile } = await spend(() => library.validatePostResponseAsync(response));
      const assertion = profile?.getAssertionXml?.();
      if (assertion !== undefined) return assertion;
      throw new Error('there is no assertion');
    } catch (thrown) {
      if (thrown instanceof SamlFault) throw thrown;
      const message = messageOf(thrown);
      if (message !== SIGNED_BY_ANOTHER)
        throw untrusted(`the signature or what it covers does not hold: ${message.slice(0, 200)}`);
    }
    await nextTurn();
  }
  throw untrusted('the signature or what it covers does not hold: no certificate of the provider fits it');
}

function withOnly(certificate: string, exchange: SamlExchange): SamlExchange {
  return { ...exchange, metadata: { ...exchange.metadata, certificates: [certificate] } };
}
