import type { Scheme } from '../sessions/cookies.ts';

/** Where a browser is, as far as our addresses depend on it. */
export interface Here {
  readonly scheme: Scheme;
  readonly authority: string;
}

export function originOf({ scheme, authority }: Here): string {
  return `${scheme}://${authority}`;
}

/** The same listener under another host name: all our hosts share scheme and port. */
export function originOn(here: Here, host: string): string {
  return `${here.scheme}://${host}${portOf(here.authority)}`;
}

/** With the colon; empty for the scheme's own port. */
export function portOf(authority: string): string {
  return /:\d+$/.exec(authority)?.[0] ?? '';
}
