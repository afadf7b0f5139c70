import { randomBytes } from 'node:crypto';
import { SignedXml } from 'xml-crypto';
import { escapeXml } from '../../src/base/xml/element.ts';
import type { SamlKey } from './saml-key.ts';

export const EMAIL = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress';
const CANONICAL = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const ENVELOPED = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature';

/** What stands in a response. Times are milliseconds since 1970. */
export interface SamlParts {
  readonly issuer: string;
  readonly audience: string;
  readonly recipient: string;
  readonly destination: string;
  readonly inResponseTo: string;
  readonly id: string;
  readonly issuedAt: number;
  readonly notBefore: number;
  readonly notOnOrAfter: number;
  readonly authenticatedAt: number;
  readonly sessionNotOnOrAfter: number | null;
  readonly nameID: string;
  readonly nameIDFormat: string;
  readonly attributes: Readonly<Record<string, readonly string[]>>;
  readonly status: string;
  /** XML that stands among the conditions too. */
  readonly conditions: string;
}

export interface Signing {
  readonly algorithm?: string;
  readonly digest?: string;
  readonly transforms?: readonly string[];
  /** A name of the element that is signed. */
  readonly of?: 'Assertion' | 'Response';
}

export function newId(): string {
  return `_${randomBytes(16).toString('hex')}`;
}

/** A response with an assertion, neither signed. */
export function responseXml(parts: SamlParts): string {
  const { issuer, destination, inResponseTo, status } = parts;
  const at = utc(parts.issuedAt);
  return (
    `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="${newId()}" Version="2.0" IssueInstant="${at}"` +
    ` Destination="${escapeXml(destination)}" InResponseTo="${escapeXml(inResponseTo)}">` +
    `<saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">${escapeXml(issuer)}</saml:Issuer>` +
    `<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:${status}"/></samlp:Status>` +
    `${status === 'Success' ? assertionXml(parts) : ''}</samlp:Response>`
  );
}

function assertionXml(parts: SamlParts): string {
  const { issuer, audience, recipient, inResponseTo, id, nameID, nameIDFormat, attributes } = parts;
  const session = parts.sessionNotOnOrAfter === null ? '' : ` SessionNotOnOrAfter="${utc(parts.sessionNotOnOrAfter)}"`;
  const stated = Object.entries(attributes).map(
    ([name, values]) =>
      `<saml:Attribute Name="${escapeXml(name)}">${values.map((value) => `<saml:AttributeValue>${escapeXml(value)}</saml:AttributeValue>`).join('')}</saml:Attribute>`,
  );
  return (
    `<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="${id}" Version="2.0" IssueInstant="${utc(parts.issuedAt)}">` +
    `<saml:Issuer>${escapeXml(issuer)}</saml:Issuer>` +
    `<saml:Subject><saml:NameID Format="${nameIDFormat}">${escapeXml(nameID)}</saml:NameID>` +
    `<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData` +
    ` InResponseTo="${escapeXml(inResponseTo)}" Recipient="${escapeXml(recipient)}" NotOnOrAfter="${utc(parts.notOnOrAfter)}"/>` +
    `</saml:SubjectConfirmation></saml:Subject>` +
    `<saml:Conditions NotBefore="${utc(parts.notBefore)}" NotOnOrAfter="${utc(parts.notOnOrAfter)}">` +
    `<saml:AudienceRestriction><saml:Audience>${escapeXml(audience)}</saml:Audience></saml:AudienceRestriction>` +
    `${parts.conditions}</saml:Conditions>` +
    `<saml:AuthnStatement AuthnInstant="${utc(parts.authenticatedAt)}"${session}><saml:AuthnContext>` +
    `<saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport</saml:AuthnContextClassRef>` +
    `</saml:AuthnContext></saml:AuthnStatement>` +
    `${stated.length === 0 ? '' : `<saml:AttributeStatement>${stated.join('')}</saml:AttributeStatement>`}` +
    `</saml:Assertion>`
  );
}

/** The same with a signature below the Issuer of what is signed. */
export function signed(xml: string, { key, cert }: SamlKey, signing: Signing = {}): string {
  const { algorithm = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256', of = 'Assertion' } = signing;
  const xpath = of === 'Response' ? '/*' : `//*[local-name(.)='${of}']`;
  const signature = new SignedXml({
    privateKey: key,
    publicCert: cert,
    signatureAlgorithm: algorithm,
    canonicalizationAlgorithm: CANONICAL,
  });
  if (algorithm.includes('hmac')) signature.enableHMAC();
  signature.addReference({
    xpath,
    transforms: [...(signing.transforms ?? [ENVELOPED, CANONICAL])],
    digestAlgorithm: signing.digest ?? 'http://www.w3.org/2001/04/xmlenc#sha256',
  });
  signature.computeSignature(xml, {
    prefix: 'ds',
    location: { reference: `${xpath}/*[local-name(.)='Issuer']`, action: 'after' },
  });
  return signature.getSignedXml();
}

export function utc(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
