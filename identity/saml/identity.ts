import type { SamlProvider } from '../../src/model/index.ts';
import { comparableEmail } from '../directory/email.ts';
import type { ProviderIdentity } from '../directory/match-user.ts';
import type { Claims } from '../oidc/claims.ts';
import type { SamlStatement } from './assertion.ts';
import { SamlFault } from './fault.ts';
import { EMAIL_ATTRIBUTES, EMAIL_FORMAT, PERSISTENT } from './names.ts';

const MOST_IDENTIFIER = 512;
const NAME_ID = 'NameID';

/**
 * Who a statement is about. What a provider signs it vouches for, so an e-mail address counts as verified.
 * @throws SamlFault
 */
export function identityIn(
  statement: SamlStatement,
  settings: SamlProvider,
): ProviderIdentity & { readonly claims: Claims } {
  const { issuer, nameID } = statement;
  const name = settings.identifierAttribute;
  const stated =
    name === undefined ? addressIn(statement) : name === NAME_ID ? (nameID?.value ?? null) : onlyValue(statement, name);
  if (stated === null || stated === '' || stated.length > MOST_IDENTIFIER) {
    throw new SamlFault('identifier-missing', `the assertion has not exactly one usable ${name ?? 'e-mail address'}`);
  }
  const verifiedEmail = addressIn(statement);
  const identifier = isAddressAttribute(name) ? (asAddress(stated) ?? stated) : stated;
  const subject = nameID?.format === PERSISTENT && nameID.value !== '' ? nameID.value : identifier;
  const identity = { issuer, subject, identifier, verifiedEmail };
  return { ...identity, claims: claimsOf(statement, identity) };
}

function isAddressAttribute(name: string | undefined): boolean {
  return name === undefined || EMAIL_ATTRIBUTES.some((one) => one === name);
}

/** An attribute with several values identifies nobody. */
function onlyValue({ attributes }: SamlStatement, name: string): string | null {
  const [value, another] = attributes.get(name) ?? [];
  return value === undefined || another !== undefined ? null : value;
}

/** Of other attributes none is taken for an address, however it looks: names at a domain need not be mailboxes. */
function addressIn(statement: SamlStatement): string | null {
  const name = EMAIL_ATTRIBUTES.find((one) => statement.attributes.has(one));
  if (name !== undefined) return asAddress(onlyValue(statement, name) ?? '');
  const { nameID } = statement;
  return nameID?.format === EMAIL_FORMAT ? asAddress(nameID.value) : null;
}

/** With a second `@`, programs disagree on the domain. */
function asAddress(text: string): string | null {
  return /^[^@\s]+@[^@\s]+$/.test(text) ? comparableEmail(text) : null;
}

/** The attributes by their names; what we say of them ourselves comes first. */
function claimsOf(
  { attributes, nameID, context }: SamlStatement,
  { issuer, subject, verifiedEmail }: ProviderIdentity,
): Claims {
  const stated = [...attributes].map(([name, values]) => [name, values.length === 1 ? values[0] : values] as const);
  return {
    ...Object.fromEntries(stated),
    iss: issuer,
    sub: subject,
    ...(nameID !== null && { NameID: nameID.value }),
    ...(context !== null && { AuthnContextClassRef: context }),
    ...(verifiedEmail !== null && { email: verifiedEmail, email_verified: true }),
  };
}
