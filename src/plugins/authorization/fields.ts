import { isHeaderValue, isHopByHop, isToken } from '../../base/header-text.ts';
import { isOwnCookie, TOKEN_HEADER } from '../../base/own-names.ts';
import type { KeyPath } from '../../model/source.ts';
import type { PluginDeps } from '../deps.ts';

/** What an authorization service may not set, whichever way: framing, routing, and what is ours to say. */
const NEVER: ReadonlySet<string> = new Set(['clear-site-data', 'content-length', 'expect', 'host']);
const OURS = 'x-ostiary-';

/** Whether an authorization service may set this field (lower case) towards the upstream or the client. */
export function maySet(name: string): boolean {
  return isToken(name) && !isHopByHop(name) && !NEVER.has(name) && !name.startsWith(OURS) && name !== TOKEN_HEADER;
}

/** The same with its value: none may set a cookie of ours, however it is padded. */
export function maySetTo(name: string, value: string): boolean {
  return maySet(name) && isHeaderValue(value) && !(name === 'set-cookie' && setsOwnCookie(value));
}

function setsOwnCookie(value: string): boolean {
  const pair = value.split(';', 1)[0]!.trim();
  const bare = pair.startsWith('=') ? pair.slice(1).trim() : pair;
  return isOwnCookie(bare) || isOwnCookie(bare.replace(/^__host-/i, '__Host-'));
}

/** Names in lower case; those that nobody may set are mistakes. */
export function settableNames(names: readonly string[], path: KeyPath, { mistake }: PluginDeps): string[] {
  return names.map((name, i) => {
    const lower = name.toLowerCase();
    if (!maySet(lower)) mistake([...path, i], `"${name}" is written by the gateway and cannot be set`);
    return lower;
  });
}
