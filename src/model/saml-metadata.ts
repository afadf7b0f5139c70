import { createPublicKey, X509Certificate } from 'node:crypto';
import { childrenOf, descendantsOf, type XmlElement, XmlFault } from '../base/xml/element.ts';
import { readXml } from '../base/xml/read.ts';

/** What the metadata of a SAML identity provider says (OASIS saml-metadata-2.0-os), as far as signing in needs it. */
export interface SamlMetadata {
  readonly entityID: string;
  /** Where browsers are sent, with the HTTP-Redirect binding. */
  readonly signInURL: string;
  /** PEM; one of them has signed. Several while the provider changes its key. */
  readonly certificates: readonly string[];
  /** Milliseconds since 1970; `null`: until it is read again. */
  readonly validUntil: number | null;
}

export type SamlMetadataReading =
  | { readonly ok: true; readonly metadata: SamlMetadata }
  | { readonly ok: false; readonly message: string };

const METADATA = 'urn:oasis:names:tc:SAML:2.0:metadata';
const PROTOCOL = 'urn:oasis:names:tc:SAML:2.0:protocol';
const SIGNATURE = 'http://www.w3.org/2000/09/xmldsig#';
const REDIRECT = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect';
const MOST_ELEMENTS = 5000;
const MOST_CERTIFICATES = 10;
const FEWEST_BITS = 2048;
/** Core 8.3.6. */
const MOST_ENTITY_ID = 1024;

/** @returns what is wrong with it as the end of a sentence */
export function readSamlMetadata(text: string): SamlMetadataReading {
  try {
    return { ok: true, metadata: metadataIn(readXml(text, { comments: 'skip', mostElements: MOST_ELEMENTS })) };
  } catch (thrown) {
    if (thrown instanceof XmlFault) return { ok: false, message: thrown.message };
    throw thrown;
  }
}

function metadataIn(root: XmlElement): SamlMetadata {
  if (root.namespace !== METADATA || root.name !== 'EntityDescriptor')
    throw new XmlFault('there is no EntityDescriptor');
  const entityID = root.attributes.get('entityID') ?? '';
  if (entityID === '' || entityID.length > MOST_ENTITY_ID) throw new XmlFault('there is no usable entityID');
  const [role, another] = childrenOf(root, METADATA, 'IDPSSODescriptor').filter(speaksSaml2);
  if (role === undefined || another !== undefined)
    throw new XmlFault('there is not exactly one IDPSSODescriptor of SAML 2.0');
  if (isTrue(role.attributes.get('WantAuthnRequestsSigned'))) {
    throw new XmlFault('the provider wants signed requests, which are not supported');
  }
  return {
    entityID,
    signInURL: signInUrlIn(role),
    certificates: certificatesIn(role),
    validUntil: earliest(root, role),
  };
}

function speaksSaml2({ attributes }: XmlElement): boolean {
  return (attributes.get('protocolSupportEnumeration') ?? '').split(' ').includes(PROTOCOL);
}

function isTrue(text: string | undefined): boolean {
  return text === 'true' || text === '1';
}

function signInUrlIn(role: XmlElement): string {
  const services = childrenOf(role, METADATA, 'SingleSignOnService');
  const location = services
    .find(({ attributes }) => attributes.get('Binding') === REDIRECT)
    ?.attributes.get('Location');
  if (location === undefined) throw new XmlFault('there is no SingleSignOnService with the HTTP-Redirect binding');
  return location;
}

function certificatesIn(role: XmlElement): readonly string[] {
  const keys = childrenOf(role, METADATA, 'KeyDescriptor').filter(
    ({ attributes }) => attributes.get('use') !== 'encryption',
  );
  const texts = keys.flatMap((key) =>
    [...descendantsOf(key)].filter(({ namespace, name }) => namespace === SIGNATURE && name === 'X509Certificate'),
  );
  const certificates = texts.slice(0, MOST_CERTIFICATES).flatMap(({ text }) => certificate(text) ?? []);
  if (certificates.length === 0)
    throw new XmlFault('there is no certificate for signing with an RSA key of 2048 bits or more');
  return certificates;
}

/** `null`: its key is none that signatures are checked with here. */
function certificate(text: string): string | null {
  try {
    const read = new X509Certificate(Buffer.from(text, 'base64'));
    const { asymmetricKeyType, asymmetricKeyDetails } = createPublicKey(read.toString());
    const isUsable = asymmetricKeyType === 'rsa' && (asymmetricKeyDetails?.modulusLength ?? 0) >= FEWEST_BITS;
    return isUsable ? read.toString() : null;
  } catch {
    return null; // OpenSSL's words help nobody
  }
}

function earliest(...elements: readonly XmlElement[]): number | null {
  const ends = elements.flatMap(({ attributes }) => attributes.get('validUntil') ?? []).map((text) => Date.parse(text));
  if (ends.some(Number.isNaN)) throw new XmlFault('validUntil is no time');
  return ends.length === 0 ? null : Math.min(...ends);
}
