import { childrenOf, descendantsOf, type XmlElement, XmlFault } from '../../src/base/xml/element.ts';
import { readXml } from '../../src/base/xml/read.ts';
import { SamlFault, untrusted } from './fault.ts';
import type { SamlExchange } from './library.ts';
import { ASSERTION, PROTOCOL, SIGNATURE } from './names.ts';

const MOST_ELEMENTS = 2000;
const ENVELOPED = `${SIGNATURE}enveloped-signature`;
const CANONICAL = 'http://www.w3.org/2001/10/xml-exc-c14n#';

/** What may be signed with; SHA-1 and keys that both sides share are not among it. */
const ALGORITHMS: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['CanonicalizationMethod', new Set([CANONICAL])],
  [
    'SignatureMethod',
    new Set([
      'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
      'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512',
      'http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1',
    ]),
  ],
  ['Transform', new Set([ENVELOPED, CANONICAL])],
  ['DigestMethod', new Set(['http://www.w3.org/2001/04/xmlenc#sha256', 'http://www.w3.org/2001/04/xmlenc#sha512'])],
]);
const PARTS_OF_SIGNED_INFO: Readonly<Record<string, number>> = {
  SignedInfo: 1,
  CanonicalizationMethod: 1,
  SignatureMethod: 1,
  Reference: 1,
  DigestMethod: 1,
  DigestValue: 1,
  SignatureValue: 1,
  Object: 0,
};

/** Statuses by which a person, or the provider on their behalf, says no. */
const CANCELLED: ReadonlySet<string> = new Set(['AuthnFailed', 'RequestDenied']);

/** Reads the text of a message or an assertion. @throws SamlFault */
export function readMessage(text: string): XmlElement {
  try {
    return readXml(text, { comments: 'refuse', mostElements: MOST_ELEMENTS });
  } catch (thrown) {
    if (thrown instanceof XmlFault) throw untrusted(`the XML is refused: ${thrown.message}`);
    throw thrown;
  }
}

/**
 * Looks at the form of a response before any signature is: one assertion at its one place, one signature that covers
 * exactly that, by an algorithm that is good. Whatever moves a signed part elsewhere and puts another in its place
 * (signature wrapping) has another form. @throws SamlFault
 */
export function checkResponse(text: string, { metadata, consumerURL, requestID }: SamlExchange): void {
  const response = readMessage(text);
  if (response.namespace !== PROTOCOL || response.name !== 'Response') {
    throw untrusted(`this is a ${response.name}, not a Response; single logout is not supported`);
  }
  checkAbout(response, { Version: '2.0', Destination: consumerURL, InResponseTo: requestID });
  const [issuer] = childrenOf(response, ASSERTION, 'Issuer');
  if (issuer !== undefined && issuer.text.trim() !== metadata.entityID)
    throw untrusted('another provider has answered');
  checkStatus(response);
  checkPlaces(response);
}

const BEGIN_HERE = 'sign-ins begin here, not at the provider';

/** A Destination may be left out where the message itself is not signed; the assertion states its Recipient. */
function checkAbout({ attributes }: XmlElement, expected: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(expected)) {
    const stated = attributes.get(name);
    if (stated === undefined && name === 'Destination') continue;
    if (stated === undefined) throw untrusted(`${name} is missing${name === 'InResponseTo' ? `: ${BEGIN_HERE}` : ''}`);
    if (stated !== value) throw untrusted(`the ${name} of the response is another`);
  }
}

/** Core 3.2.2.2 */
function checkStatus(response: XmlElement): void {
  const [outer] = childrenOf(response, PROTOCOL, 'Status').flatMap((status) =>
    childrenOf(status, PROTOCOL, 'StatusCode'),
  );
  const value = lastPart(outer);
  if (value === 'Success') return;
  const inner = outer === undefined ? undefined : childrenOf(outer, PROTOCOL, 'StatusCode')[0];
  const why = inner === undefined ? value : lastPart(inner);
  const code = CANCELLED.has(why) ? 'sign-in-cancelled' : 'provider-declined';
  throw new SamlFault(code, `the provider answers ${value} ${why}`);
}

function lastPart(code: XmlElement | undefined): string {
  const word = code?.attributes.get('Value')?.split(':').at(-1) ?? '';
  return /^[A-Za-z]{1,40}$/.test(word) ? word : 'without a status';
}

function checkPlaces(response: XmlElement): void {
  const all = [...descendantsOf(response)];
  if (all.some(({ name }) => name.startsWith('Encrypted'))) {
    throw untrusted('encrypted assertions are not supported: switch encryption off at the provider');
  }
  const named = (name: string) => all.filter((element) => element.name === name);
  const [assertion] = childrenOf(response, ASSERTION, 'Assertion');
  if (assertion === undefined || named('Assertion').length !== 1 || named('Response').length !== 1) {
    throw untrusted('there is not exactly one assertion at its place');
  }
  checkIds(all);
  const signatures = [response, assertion].flatMap((signed) => signaturesOf(signed));
  if (named('Signature').length !== signatures.length) throw untrusted('there is a signature where none belongs');
  if (signaturesOf(assertion).length !== 1) throw untrusted('the assertion is not signed');
  for (const signed of [response, assertion]) for (const one of signaturesOf(signed)) checkSignature(one, signed);
}

/** In every spelling that some reader takes for an identifier. */
function checkIds(all: readonly XmlElement[]): void {
  const ids = all.flatMap(({ attributes }) =>
    [...attributes].flatMap(([name, value]) => (/(?:^|\})id$/i.test(name) ? [value] : [])),
  );
  if (new Set(ids).size !== ids.length) throw untrusted('an identifier is there twice');
}

function signaturesOf(signed: XmlElement): readonly XmlElement[] {
  return childrenOf(signed, SIGNATURE, 'Signature');
}

function checkSignature(signature: XmlElement, signed: XmlElement): void {
  const all = [...descendantsOf(signature)];
  for (const [name, count] of Object.entries(PARTS_OF_SIGNED_INFO)) {
    if (all.filter((element) => element.name === name).length !== count)
      throw untrusted(`a signature has not ${count} ${name}`);
  }
  for (const { name, attributes } of all) {
    if (ALGORITHMS.get(name)?.has(attributes.get('Algorithm') ?? '') === false) {
      throw untrusted(
        `a signature is made with a ${name} that is not taken: ${(attributes.get('Algorithm') ?? '').slice(0, 100)}`,
      );
    }
  }
  const uri = all.find(({ name }) => name === 'Reference')?.attributes.get('URI');
  const id = signed.attributes.get('ID') ?? '';
  if (id === '' || uri !== `#${id}`) throw untrusted('a signature covers something else than what it stands in');
}
