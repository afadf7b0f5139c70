import { hash } from 'node:crypto';
import { NAME_RULE } from '../../src/model/scalars.ts';
import { outerKey } from './outer.ts';

const MOST_SLUG = 32;
const DIGEST = 6;

/**
 * Names for the User of a directory's user name, the preferred one first. A user name that is a name by our rule stays
 * as it is; any other gets some of its digest added, so that nobody gets a name that policies mean somebody else by.
 */
export function userNames(userName: string): string[] {
  const key = outerKey(userName);
  const local = key.split('@', 1)[0] ?? '';
  return isName(userName.replace(/[A-Z]/g, (letter) => letter.toLowerCase()))
    ? [key, withDigest(local, key, 0)]
    : [0, 1].map((n) => withDigest(local, key, n));
}

export function groupNames(displayName: string): string[] {
  const key = outerKey(displayName);
  const whole = slug(key, 'group');
  return [...(isName(whole) ? [whole] : []), ...[0, 1].map((n) => withDigest(key, key, n))];
}

function isName(text: string): boolean {
  return NAME_RULE.test(text);
}

function withDigest(text: string, key: string, n: number): string {
  return `${slug(text, 'user')}-${hash('sha256', n === 0 ? key : `${n} ${key}`, 'hex').slice(0, DIGEST)}`;
}

function slug(text: string, otherwise: string): string {
  const words = text.replace(/[^a-z0-9]+/g, '-').replace(/^[^a-z]+/, '');
  return words.slice(0, MOST_SLUG).replace(/-+$/, '') || otherwise;
}
