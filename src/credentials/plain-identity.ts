import type { IdentifiedPrincipal } from '../../identity/principal.ts';
import type { IdentityAssertion } from '../model/index.ts';

/** What a header is set to, or why it cannot be. */
export type PlainValue =
  | { readonly kind: 'value'; readonly text: string }
  | { readonly kind: 'unfit'; readonly because: string };

/** `null`: this user has no such thing. */
type ValueOf = (principal: IdentifiedPrincipal) => PlainValue | null;
type What = keyof NonNullable<IdentityAssertion['headers']>;

/** Of a list of groups, in characters: upstreams limit what they take of one header. */
export const MOST_GROUPS_LENGTH = 8_000;

const VALUES: Readonly<Record<What, ValueOf>> = {
  user: ({ user }) => identifying('the name of the user', user.metadata.name),
  email: ({ user }) =>
    user.spec.email === undefined ? null : identifying('the e-mail address of the user', user.spec.email),
  groups: (principal) => groupsValue(groupNames(principal)),
  name: ({ user }) => {
    const name = displayName(user);
    return name === '' ? null : { kind: 'value', text: percentEncoded(name) };
  },
};

/** The headers that are asked for. */
export class PlainFields {
  /** In lower case. */
  readonly names: readonly string[];
  readonly #values: readonly ValueOf[];
  /** Principals do not change, and many requests share one. */
  readonly #known = new WeakMap<IdentifiedPrincipal, readonly (PlainValue | null)[]>();

  constructor(headers: NonNullable<IdentityAssertion['headers']>) {
    this.names = Object.values(headers).map((name) => name.toLowerCase());
    this.#values = Object.keys(headers).map((what) => VALUES[what as What]);
  }

  /** In the order of `names`. */
  valuesOf(principal: IdentifiedPrincipal): readonly (PlainValue | null)[] {
    const known = this.#known.get(principal);
    if (known !== undefined) return known;
    const values = this.#values.map((read) => read(principal));
    this.#known.set(principal, values);
    return values;
  }
}

export function groupNames({ groups }: IdentifiedPrincipal): string[] {
  return groups.map(({ metadata }) => metadata.name);
}

function groupsValue(names: readonly string[]): PlainValue | null {
  const text = names.join(',');
  if (text === '') return null;
  // A list that is cut off may lack what forbids something.
  if (text.length > MOST_GROUPS_LENGTH) return { kind: 'unfit', because: 'the user is in too many groups' };
  return identifying('the groups of the user', text);
}

/**
 * Upstreams disagree about octets above 0x7F, and two users must never be one to them: what tells users apart is
 * visible ASCII, or the request is refused.
 */
function identifying(what: string, text: string): PlainValue {
  return /^[\x21-\x7e]+$/.test(text)
    ? { kind: 'value', text }
    : { kind: 'unfit', because: `${what} is not all visible ASCII` };
}

function displayName({ metadata, spec: { info } }: IdentifiedPrincipal['user']): string {
  const parts = [info?.firstName, info?.lastName].filter((part) => part !== undefined);
  return (metadata.displayName ?? parts.join(' ')).trim();
}

/** For people to read: UTF-8, percent-encoded but for visible ASCII and spaces. */
function percentEncoded(text: string): string {
  return text.toWellFormed().replace(/[^\x20-\x24\x26-\x7e]+/g, encodeURIComponent);
}
