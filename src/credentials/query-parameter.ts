import { unescape as unescaped } from 'node:querystring';
import { AppError } from '../base/errors.ts';
import type { Response } from '../gateway/outcome.ts';
import type { Plugin } from '../gateway/plugin.ts';
import type { SecretView } from '../gateway/snapshot.ts';
import type { QueryAuth } from '../model/index.ts';
import { madeOnce, openText } from './secret-text.ts';

/** Fields of answers that hold URLs: an upstream that redirects often repeats the query, which is not for clients. */
const HOLDING_URLS = ['location', 'content-location', 'refresh', 'link'];

/**
 * A query parameter with the value of a Secret; what the client sends under that name is taken out. No log has
 * queries, and URLs in the head of an answer lose the parameter again.
 */
export function queryParameter({ name, value: { fromSecret } }: QueryAuth): Plugin {
  if (name === '') throw new AppError('invalid', 'the query parameter has no name');
  const valueIn = madeOnce(fromSecret, (secrets: SecretView) => openText(secrets, fromSecret));
  const folded = foldedName(name);
  return {
    inject: (x) => {
      const value = valueIn(x.snapshot.secrets);
      if (typeof value !== 'string') return value;
      const outgoing = x.outgoing!;
      const others = pairsOf(outgoing.query).filter((pair) => nameIn(pair) !== folded);
      outgoing.query = [...others, `${encodeURIComponent(name)}=${encoded(value)}`].join('&');
      return null;
    },
    onResponse: (x) => {
      const value = valueIn(x.snapshot.secrets);
      if (typeof value === 'string') hide(x.response!, folded, value);
    },
  };
}

function encoded(value: string): string {
  return encodeURIComponent(value.toWellFormed());
}

function pairsOf(query: string): string[] {
  return query.split('&').filter((pair) => pair !== '');
}

function nameIn(pair: string): string {
  return foldedName(decoded(pair.split('=', 1)[0] ?? ''));
}

function decoded(text: string): string {
  return unescaped(text.replaceAll('+', ' '));
}

/**
 * What upstreams may take for the same name: without regard to case, `key[]` for `key`, and `api.key` or `api key` for
 * `api_key`, as PHP does.
 */
function foldedName(name: string): string {
  return name.toLowerCase().trim().replace(/\[.*$/, '').replace(/[. ]/g, '_');
}

function hide({ headers }: Response, name: string, value: string): void {
  for (const field of HOLDING_URLS) {
    const values = headers.all(field);
    if (values.length === 0) continue;
    const cleaned = values.map((text) => withoutPair(text, name, value));
    if (cleaned.every((text, i) => text === values[i])) continue;
    headers.delete(field);
    for (const text of cleaned) headers.append(field, text);
  }
}

/** The pair ends where a URL, the next pair or the fragment does. */
function withoutPair(text: string, name: string, value: string): string {
  const left = text.replace(
    /([?&])([^?&#=<>;,\s"']+)=([^&#<>\s"']*)/g,
    (pair, before: string, key: string, given: string) => {
      const isOurs = foldedName(decoded(key)) === name && decoded(given).includes(value);
      return isOurs ? before.replace('&', '') : pair;
    },
  );
  return left === text ? text : left.replaceAll('?&', '?').replace(/\?(?=[#>\s"']|$)/g, '');
}
