import { randomBytes } from 'node:crypto';
import type { RequestView } from '../input/request.ts';

/** Over HTTPS no other host can plant one: `__Host-` names are Secure and of one host alone. */
const NAME = { https: '__Host-ostiary-split', http: 'ostiary-split' } as const;
const ATTRIBUTES = {
  https: 'Path=/; Secure; HttpOnly; SameSite=Lax',
  http: 'Path=/; HttpOnly; SameSite=Lax',
} as const;

const BYTES = 12;
const KEY = /^[A-Za-z0-9_-]{16}$/;
/** Long enough for a canary to become the rule. In seconds. */
const MAX_AGE = 90 * 24 * 60 * 60;

/** By what a browser is told apart that nobody is signed in with: any text of that shape is as good as another. */
export function newBrowserKey(): string {
  return randomBytes(BYTES).toString('base64url');
}

/** `null`: there is none, or several, or no such thing. */
export function browserKey({ headers, scheme }: RequestView): string | null {
  const values = new Set(headers.all('cookie').flatMap((field) => valuesOf(field, NAME[scheme])));
  const [value, ...others] = values;
  return value !== undefined && others.length === 0 && KEY.test(value) ? value : null;
}

function valuesOf(field: string, name: string): string[] {
  return field.split(';').flatMap((pair) => {
    const text = pair.replace(/^[ \t]+|[ \t]+$/g, '');
    return text.startsWith(`${name}=`) ? [text.slice(name.length + 1)] : [];
  });
}

/** `Set-Cookie` */
export function setBrowserKey({ scheme }: RequestView, key: string): string {
  return `${NAME[scheme]}=${key}; ${ATTRIBUTES[scheme]}; Max-Age=${MAX_AGE}`;
}
