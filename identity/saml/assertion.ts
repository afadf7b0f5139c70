import { childrenOf, type XmlElement } from '../../src/base/xml/element.ts';
import { untrusted } from './fault.ts';
import { type SamlExchange, SKEW } from './library.ts';
import { ASSERTION, BEARER } from './names.ts';
import { readMessage } from './response.ts';

/** What an assertion says that was signed by the provider and is meant for this sign-in. */
export interface SamlStatement {
  readonly id: string;
  readonly issuer: string;
  readonly nameID: { readonly value: string; readonly format: string | null } | null;
  /** All of an attribute's values that are text, by its `Name`. */
  readonly attributes: ReadonlyMap<string, readonly string[]>;
  /** `AuthnContextClassRef`: how the person was recognised. */
  readonly context: string | null;
  /** Milliseconds since 1970, after which it can be shown no more. */
  readonly until: number;
  /** The same, after which a session must not go on. */
  readonly sessionUntil: number | null;
}

/** How long ago a person may have been recognised who had to be for this sign-in, in milliseconds. */
const FRESH = 10 * 60_000;
/** Core 2.5.1; others may be any condition, which must not be passed over. */
const KNOWN_CONDITIONS: ReadonlySet<string> = new Set(['AudienceRestriction', 'OneTimeUse', 'ProxyRestriction']);
/** Core 1.3.3: in UTC. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/;

/**
 * Holds an assertion to the rules of the Web Browser SSO profile (saml-profiles 4.1.4.3).
 * @param text exactly what the signature covers
 * @param now milliseconds since 1970
 * @throws SamlFault
 */
export function readAssertion(text: string, exchange: SamlExchange, now: number): SamlStatement {
  const assertion = readMessage(text);
  const id = assertion.attributes.get('ID') ?? '';
  if (assertion.namespace !== ASSERTION || assertion.name !== 'Assertion' || id === '')
    throw untrusted('this is no assertion');
  const issuer = only(assertion, 'Issuer').text.trim();
  if (issuer !== exchange.metadata.entityID) throw untrusted('the assertion is of another provider');
  if (timeOf(assertion, 'IssueInstant') > now + SKEW)
    throw untrusted('the assertion was made in the future: check the clocks');
  checkConditions(only(assertion, 'Conditions'), exchange, now);
  const subject = only(assertion, 'Subject');
  const until = checkConfirmation(subject, exchange, now);
  const authentication = only(assertion, 'AuthnStatement');
  const sessionUntil = checkAuthentication(authentication, exchange, now);
  const context = childrenOf(authentication, ASSERTION, 'AuthnContext').flatMap((one) =>
    childrenOf(one, ASSERTION, 'AuthnContextClassRef'),
  )[0];
  return {
    id,
    issuer,
    nameID: nameIdIn(subject),
    attributes: attributesIn(assertion),
    context: context?.text.trim() ?? null,
    until,
    sessionUntil,
  };
}

function only(parent: XmlElement, name: string): XmlElement {
  const [one, another] = childrenOf(parent, ASSERTION, name);
  if (one === undefined || another !== undefined) throw untrusted(`there is not exactly one ${name}`);
  return one;
}

function checkConditions(conditions: XmlElement, { entityID }: SamlExchange, now: number): void {
  checkTime(conditions, now);
  if (conditions.children.some(({ name }) => !KNOWN_CONDITIONS.has(name)))
    throw untrusted('there is a condition that is not known here');
  const restrictions = childrenOf(conditions, ASSERTION, 'AudienceRestriction');
  const isForUs = (restriction: XmlElement): boolean =>
    childrenOf(restriction, ASSERTION, 'Audience').some(({ text }) => text.trim() === entityID);
  if (restrictions.length === 0 || !restrictions.every(isForUs))
    throw untrusted(`the assertion is not for "${entityID}"`);
}

/** Gives when it ends. */
function checkConfirmation(subject: XmlElement, { consumerURL, requestID }: SamlExchange, now: number): number {
  const data = childrenOf(subject, ASSERTION, 'SubjectConfirmation')
    .filter(({ attributes }) => attributes.get('Method') === BEARER)
    .flatMap((confirmation) => childrenOf(confirmation, ASSERTION, 'SubjectConfirmationData'));
  const [one, another] = data;
  if (one === undefined || another !== undefined) throw untrusted('there is not exactly one bearer confirmation');
  if (one.attributes.get('Recipient') !== consumerURL) throw untrusted('the assertion is for another recipient');
  if (one.attributes.get('InResponseTo') !== requestID) throw untrusted('the assertion answers another request');
  checkTime(one, now);
  return timeOf(one, 'NotOnOrAfter') + SKEW;
}

/** An end must be there; a beginning may. */
function checkTime(element: XmlElement, now: number): void {
  if (now - SKEW >= timeOf(element, 'NotOnOrAfter')) throw untrusted('the assertion has expired: check the clocks');
  const begins = element.attributes.has('NotBefore') ? timeOf(element, 'NotBefore') : 0;
  if (now + SKEW < begins) throw untrusted('the assertion is not valid yet: check the clocks');
}

function timeOf({ name, attributes }: XmlElement, attribute: string): number {
  const text = attributes.get(attribute) ?? '';
  const time = TIME.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) throw untrusted(`${attribute} of ${name} is missing or no time in UTC`);
  return time;
}

function checkAuthentication(statement: XmlElement, { forceAuthn }: SamlExchange, now: number): number | null {
  const at = timeOf(statement, 'AuthnInstant');
  if (forceAuthn && at < now - FRESH - SKEW) throw untrusted('the person was not asked anew who they are');
  if (!statement.attributes.has('SessionNotOnOrAfter')) return null;
  const until = timeOf(statement, 'SessionNotOnOrAfter');
  if (until <= now) throw untrusted("the provider's session has ended");
  return until;
}

function nameIdIn(subject: XmlElement): SamlStatement['nameID'] {
  const [name] = childrenOf(subject, ASSERTION, 'NameID');
  return name === undefined ? null : { value: name.text.trim(), format: name.attributes.get('Format') ?? null };
}

/** An attribute that is stated in parts has the values of all of them. */
function attributesIn(assertion: XmlElement): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  const stated = childrenOf(assertion, ASSERTION, 'AttributeStatement').flatMap((one) =>
    childrenOf(one, ASSERTION, 'Attribute'),
  );
  for (const attribute of stated) {
    const name = attribute.attributes.get('Name') ?? '';
    const values = childrenOf(attribute, ASSERTION, 'AttributeValue').filter(({ children }) => children.length === 0);
    found.set(name, [...(found.get(name) ?? []), ...values.map(({ text }) => text.trim())]);
  }
  return found;
}
