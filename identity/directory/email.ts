import type { IdentityProvider } from '../../src/model/index.ts';

/**
 * As addresses are compared: without regard to the case of ASCII letters. Unicode has others whose small letter is an
 * ASCII one (U+212A, the Kelvin sign, gives "k"): with them an address would pass for somebody else's.
 */
export function comparableEmail(address: string): string {
  return address.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** Compares the whole domain. */
export function isAt(email: string | null, domains: readonly string[]): boolean {
  if (email === null) return false;
  const domain = comparableEmail(email.slice(email.lastIndexOf('@') + 1));
  return domains.some((one) => comparableEmail(one) === domain);
}

/** A provider that states the domains of its people is believed about no address elsewhere: it is another's there. */
export function mayVouchFor({ spec }: IdentityProvider, email: string): boolean {
  return spec.emailDomains === undefined || isAt(email, spec.emailDomains);
}
