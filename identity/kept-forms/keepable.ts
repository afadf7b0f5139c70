import type { HeaderList } from '../../src/base/header-list.ts';
import { mayCarrySession } from '../local-names.ts';
import { isHandle, readSessionCookie, type Scheme } from '../sessions/cookies.ts';
import { isFromOwnPage } from '../site/own-page.ts';

/** The head of a request that was refused because its session had ended. */
export interface SentForm {
  readonly method: string;
  readonly scheme: Scheme;
  readonly host: string;
  readonly authority: string;
  readonly headers: HeaderList;
}

/** Bytes. */
export const MOST_KEPT = 64 * 1024;

/** What HTML forms send; scripts that send anything else can send it again. */
const FORM_TYPES: ReadonlySet<string> = new Set([
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'text/plain',
]);

/**
 * Whether what this request sends may be kept until its sender has signed in again: a form of this very origin, from
 * a browser that had a session here. A form of another site is none: its sender may not know what it says.
 */
export function isKeepable(request: SentForm, domain: string): boolean {
  const { method, headers, scheme } = request;
  const [type = '', anotherType] = headers.all('content-type');
  if (method !== 'POST' || anotherType !== undefined || headers.has('content-encoding')) return false;
  if (!FORM_TYPES.has(type.split(';', 1)[0]!.trim().toLowerCase())) return false;
  const shown = readSessionCookie(headers, scheme);
  return shown !== null && isHandle(shown) && isFromOwnPage(request) && mayCarrySession(request, domain);
}
