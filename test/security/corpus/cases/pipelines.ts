import { type Case, get, HOST, head, OK, post, SMUGGLED, type View } from '../case.ts';

const request = (path: string, ...fields: string[]): string => head(`GET ${path} HTTP/1.1`, `Host: ${HOST}`, ...fields);
const seen = (...paths: string[]): View[] => paths.map((path) => ({ line: `GET ${path}` }));
const LAST = request('/last', 'Connection: close');

/** RFC 9112 9.3.2 and 9.6: one answer a request, in their order, and none behind the last. */
export const PIPELINES: readonly Case[] = [
  {
    name: 'three requests in one piece',
    bytes: request('/1') + request('/2') + LAST,
    statuses: [OK, OK, OK],
    seen: seen('/1', '/2', '/last'),
  },
  {
    name: 'bodies between requests',
    bytes: `${post('Content-Length: 5')}hello${post('Transfer-Encoding: chunked')}5\r\nhello\r\n0\r\n\r\n${LAST}`,
    statuses: [OK, OK, OK],
    seen: [{ line: 'POST /', body: 'hello' }, { line: 'POST /', body: 'hello' }, ...seen('/last')],
  },
  {
    name: 'an empty line between requests',
    bytes: `${request('/1')}\r\n${LAST}`,
    statuses: [OK, OK],
    seen: seen('/1', '/last'),
  },
  {
    name: 'two empty lines between requests',
    bytes: `${request('/1')}\r\n\r\n${SMUGGLED}`,
    statuses: [OK, [400]],
    seen: seen('/1'),
  },
  {
    name: 'more behind a body than its length',
    bytes: `${post('Content-Length: 5')}helloXXX${SMUGGLED}`,
    statuses: [OK, OK],
    seen: [{ line: 'POST /', body: 'hello' }, { line: 'XXXGET /smuggled' }],
    ends: true,
  },
  { name: 'behind Connection: close', bytes: get() + SMUGGLED, statuses: [OK], seen: seen('/') },
  {
    name: 'behind HTTP/1.0',
    bytes: head('GET / HTTP/1.0', `Host: ${HOST}`) + SMUGGLED,
    statuses: [OK],
    seen: seen('/'),
  },
  {
    name: 'behind HTTP/1.0 with keep-alive',
    bytes: head('GET / HTTP/1.0', `Host: ${HOST}`, 'Connection: keep-alive') + SMUGGLED,
    statuses: [OK],
    seen: seen('/'),
  },
  {
    name: 'behind a bad request',
    bytes: request('/1') + request('/%2f') + SMUGGLED,
    statuses: [OK, [400]],
    seen: seen('/1'),
  },
  {
    name: 'behind a bad Host',
    bytes: request('/1') + head('GET / HTTP/1.1', 'Host: a b') + SMUGGLED,
    statuses: [OK, [400]],
    seen: seen('/1'),
  },
  {
    name: 'behind no Host',
    bytes: request('/1') + head('GET / HTTP/1.1') + SMUGGLED,
    statuses: [OK, [400]],
    seen: seen('/1'),
  },
  { name: 'behind garbage', bytes: `${request('/1')}\x16\x03\x01${SMUGGLED}`, statuses: [OK, [400]], seen: seen('/1') },
  {
    name: 'behind bad chunks',
    bytes: `${post('Transfer-Encoding: chunked')}x\r\n${SMUGGLED}`,
    statuses: [[400]],
    seen: [],
  },
  {
    name: 'behind TRACE',
    bytes: head('TRACE / HTTP/1.1', `Host: ${HOST}`) + SMUGGLED,
    statuses: [[405, 501]],
    seen: [],
  },
  { name: 'behind an unknown expectation', bytes: post('Expect: x') + SMUGGLED, statuses: [[400, 417]], seen: [] },
  {
    name: 'behind a HEAD',
    bytes: head('HEAD / HTTP/1.1', `Host: ${HOST}`) + LAST,
    statuses: [OK, OK],
    seen: [{ line: 'HEAD /' }, ...seen('/last')],
  },
  {
    name: 'behind a refusal for want of an identity',
    bytes: request('/admin') + LAST,
    statuses: [[401], OK],
    seen: seen('/last'),
  },
  {
    name: 'behind the body of a refusal',
    bytes: `${head('POST /admin HTTP/1.1', `Host: ${HOST}`, `Content-Length: ${SMUGGLED.length}`)}${SMUGGLED}${LAST}`,
    statuses: [[401], OK],
    seen: seen('/last'),
  },
  {
    name: 'first a request that may be served, then one that may not',
    bytes: request('/1') + request('/admin') + request('/admin/x') + LAST,
    statuses: [OK, [401], [401], OK],
    seen: seen('/1', '/last'),
  },
  {
    name: 'another Host on the same connection',
    bytes: request('/1') + head('GET / HTTP/1.1', 'Host: nobody.gate.localhost') + LAST,
    statuses: [OK, [404, 421], OK],
    seen: seen('/1', '/last'),
  },
];
