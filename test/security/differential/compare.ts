import assert from 'node:assert/strict';
import type { Exchange } from '../../../src/gateway/exchange.ts';
import { requestIdOf, type Seen } from '../../support/raw-upstream.ts';
import { type Field, readResponses } from '../../support/strict-reader.ts';
import type { Conversation } from './gateway.ts';
import type { Reading } from './reference.ts';

/** What `node:http` refuses and we accept, and why that is well. */
interface Exception {
  readonly because: string;
  /** `sent`: all bytes of the client. */
  readonly holds: (x: Exchange, sent: string) => boolean;
}

const KNOWN_TO_NODE = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'PATCH',
  'OPTIONS',
  'PURGE',
  'M-SEARCH',
  'SEARCH',
  'QUERY',
  'PROPFIND',
]);

const EXCEPTIONS: readonly Exception[] = [
  {
    because: 'RFC 9110 9.1: methods are an open set, and node:http has a list',
    holds: ({ request }) => !KNOWN_TO_NODE.has(request.method),
  },
  {
    because: 'RFC 9110 5.5: a tab behind a value is no part of it, and node:http takes it for one of the coding',
    holds: (_x, sent) => /^transfer-encoding:[^\r]*\t\r$/im.test(sent),
  },
];

/**
 * Whatever was accepted is what the strict reading reads, and the upstream saw exactly that, as often as that.
 * @returns how many requests were compared
 */
export function compare(sent: string, talk: Conversation, readings: readonly Reading[], seen: readonly Seen[]): number {
  const whole = new Map(seen.map((one) => [requestIdOf(one), one]));
  assert.equal(whole.size, seen.length, 'the upstream saw a request twice');
  let compared = 0;
  for (const x of talk.accepted) {
    const reading = readings[compared];
    const one = whole.get(x.id);
    if (reading === undefined || (one !== undefined && !reading.whole)) {
      const isKnown = EXCEPTIONS.some(({ holds }) => holds(x, sent));
      assert.ok(isKnown, `accepted, and not by node:http: ${x.request.method} ${x.request.path}`);
      break;
    }
    compareHead(x, reading);
    if (one !== undefined) compareSeen(one, x, reading);
    whole.delete(x.id);
    compared++;
  }
  if (compared === talk.accepted.length) assert.equal(whole.size, 0, 'the upstream saw what nobody asked for');
  compareAnswers(talk);
  return compared;
}

/** As many answers as requests, each of which can be read. A refused HEAD, which is no request yet, has a bare one. */
function compareAnswers({ accepted, refused, answers }: Conversation): void {
  const methods = accepted.map(({ request }) => request.method);
  const readings = ['GET', 'HEAD'].map((method) => readResponses(answers, [...methods, method]));
  const read = readings.find(({ rest }) => rest === '');
  assert.ok(read, `half an answer in ${JSON.stringify(answers)}`);
  assert.ok(read.whole.length <= accepted.length + refused, 'more answers than requests');
}

function compareHead({ request }: Exchange, reading: Reading): void {
  assert.equal(request.method, reading.method);
  assert.equal(request.httpVersion, reading.version);
  const { path, query, authority } = targetOf(reading.target);
  assert.equal(request.path, path);
  assert.equal(request.query, query);
  const hosts = reading.fields.filter(([name]) => name === 'host');
  assert.equal(hosts.length, 1, 'hosts');
  assert.equal(request.authority, plainHost(hosts[0]![1]));
  if (authority !== null) assert.equal(request.authority, plainHost(authority));
}

function compareSeen(seen: Seen, { request }: Exchange, reading: Reading): void {
  const target = request.query === '' ? request.path : `${request.path}?${request.query}`;
  assert.equal(seen.startLine, `${reading.method} ${target} HTTP/1.1`);
  assert.equal(seen.body, reading.body);
  assert.deepEqual(sorted(seen.fields.filter(([name]) => !OURS.has(name))), sorted(passed(reading)));
  assert.equal(seen.fields.filter(([name]) => name === 'host').length, 1, 'hosts');
}

/** Written anew for each upstream. */
const OURS = new Set(['host', 'x-request-id', 'content-length', 'transfer-encoding']);
const HOP =
  /^(connection|keep-alive|te|trailer|upgrade|http2-settings|proxy-auth(?:enticate|entication-info|orization)|proxy-connection|transfer-encoding)$/;
const CONSUMED = /^(host|expect|content-length|sec-websocket-.*)$/;
/** `proxy` becomes HTTP_PROXY in CGI (CVE-2016-5385). */
const CLAIMED = /^(x-ostiary-.*|x-forwarded.*|forwarded|proxy)$/;

/** What a strict reading leaves of the fields of a client, worked out apart from the code that is tested. */
function passed({ fields }: Reading): Field[] {
  const nominated = new Set(
    fields
      .filter(([name]) => name === 'connection')
      .flatMap(([, value]) =>
        value
          .toLowerCase()
          .split(',')
          .map((one) => one.trim()),
      ),
  );
  return fields.filter(
    ([name]) => ![HOP, CONSUMED, CLAIMED, /_/].some((kind) => kind.test(name)) && !nominated.has(name),
  );
}

function sorted(fields: readonly Field[]): string[] {
  return fields.map(([name, value]) => `${name}: ${value.replace(/^[ \t]+|[ \t]+$/g, '')}`).sort();
}

function targetOf(target: string): { path: string; query: string; authority: string | null } {
  const [, authority = null, rest = ''] = /^(?:https?:\/\/([^/?#]*))?(.*)$/is.exec(target)!;
  const [, path = '', query = ''] = /^([^?]*)\??(.*)$/s.exec(rest)!;
  return { path: plainPath(path), query, authority };
}

/** RFC 3986 6.2.2, for paths that may be accepted at all. */
function plainPath(path: string): string {
  const decoded = path
    .replace(/%([0-9a-f]{2})/gi, (all, hex: string) => {
      const character = String.fromCharCode(Number.parseInt(hex, 16));
      return /[A-Za-z0-9\-._~]/.test(character) ? character : all.toUpperCase();
    })
    .replace(/["<>[\]^`{|}]/g, (character) => encodeURIComponent(character));
  const kept: string[] = [];
  const segments = decoded.split('/');
  for (const segment of segments) {
    if (segment === '..') kept.pop();
    else if (segment !== '' && segment !== '.') kept.push(segment);
  }
  const isDirectory = ['', '.', '..'].includes(segments.at(-1)!);
  return kept.length === 0 ? '/' : `/${kept.join('/')}${isDirectory ? '/' : ''}`;
}

function plainHost(text: string): string {
  return text
    .toLowerCase()
    .replace(/:80$/, '')
    .replace(/\.(?=$|:)/, '');
}
