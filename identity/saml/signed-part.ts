import { messageOf } from '../../src/base/errors.ts';
import { untrusted } from './fault.ts';
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

/** The assertion as the signature covers it; nothing else of the message may be believed. @throws SamlFault */
export async function signedPart(load: LoadLibrary, text: string, exchange: SamlExchange): Promise<string> {
  const library = await libraryFor(load, exchange);
  try {
    const { profile } = await library.validatePostResponseAsync({ SAMLResponse: Buffer.from(text).toString('base64') });
    const assertion = profile?.getAssertionXml?.();
    if (assertion !== undefined) return assertion;
  } catch (thrown) {
    throw untrusted(`the signature or what it covers does not hold: ${messageOf(thrown).slice(0, 200)}`);
  }
  throw untrusted('there is no assertion');
}
