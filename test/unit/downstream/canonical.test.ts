import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { canonicalHeaders } from '../../../src/downstream/canonical/headers.ts';
import { canonicalHost } from '../../../src/downstream/canonical/host.ts';
import { canonicalPath } from '../../../src/downstream/canonical/path.ts';
import { parseTarget } from '../../../src/downstream/canonical/target.ts';

/** Paths of pieces that mean something, so that most of them are interesting and many are accepted. */
const PIECES = [
  '/',
  '.',
  '..',
  '%2e',
  '%2E',
  '%2f',
  '%5c',
  '\\',
  '%25',
  '%',
  '2e',
  ';',
  '%3b',
  '%20',
  '#',
  'a',
  'B',
  '~',
];
const WIDE = [
  '%c3%a9',
  '%C3%A9',
  '%c0%af',
  '%e2%80%a4',
  '%ef%bc%8f',
  '%F0%9F%98%80',
  '%ff',
  '[',
  '|',
  '"',
  '%41',
  '%7e',
  '%00',
];
const paths = fc
  .array(fc.oneof(fc.constantFrom(...PIECES), fc.constantFrom(...WIDE), fc.string({ maxLength: 2 })), { maxLength: 12 })
  .map((pieces) => `/${pieces.join('')}`);

function accepted(path: string): string | null {
  const canonical = canonicalPath(path);
  return typeof canonical === 'string' ? canonical : null;
}

/** What a careless upstream makes of a path: it decodes as often as it can, drops parameters, then resolves. */
function carelessView(path: string, times: number): string {
  let view = path;
  for (let i = 0; i < times; i++)
    view = view.replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
  const segments: string[] = [];
  for (const raw of view.replaceAll('\\', '/').split('/')) {
    const segment = raw.replace(/;.*/, '').trim();
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(segment);
  }
  return `/${segments.join('/')}`;
}

test('canonicalising a canonical path changes nothing', () => {
  fc.assert(
    fc.property(paths, (path) => {
      const once = accepted(path);
      if (once !== null) assert.equal(accepted(once), once);
    }),
    { numRuns: 3000 },
  );
});

test('a canonical path has no empty, dot or hidden dot segments and only URL characters', () => {
  fc.assert(
    fc.property(paths, (path) => {
      const canonical = accepted(path);
      if (canonical === null) return;
      assert.match(canonical, /^(\/|(\/[A-Za-z0-9._~!$&'()*+,;=:@%-]+)+\/?)$/);
      for (const segment of canonical.split('/').filter((s) => s !== ''))
        assert.doesNotMatch(segment, /^(%20)*\.{0,2}(%20)*(;|%3B|$)/);
      assert.doesNotMatch(canonical, /%2F|%5C|%2E|%[01][0-9A-F]|%7F|%[0-9A-F]?[a-f]/);
    }),
    { numRuns: 3000 },
  );
});

test('decoding it again, once or twice, leads an upstream to the same segments', () => {
  fc.assert(
    fc.property(paths, (path) => {
      const canonical = accepted(path);
      if (canonical === null) return;
      const depth: number = canonical.split('/').filter((segment) => segment !== '').length;
      for (const times of [1, 2]) {
        const seen: number = carelessView(canonical, times)
          .split('/')
          .filter((segment) => segment !== '').length;
        assert.equal(seen, depth, canonical);
      }
    }),
    { numRuns: 3000 },
  );
});

test('the URL parser of browsers reads a canonical path as it stands', () => {
  fc.assert(
    fc.property(paths, (path) => {
      const canonical = accepted(path);
      if (canonical !== null) assert.equal(new URL(`http://a.example${canonical}`).pathname, canonical);
    }),
    { numRuns: 3000 },
  );
});

test('the fast way and the slow way agree', () => {
  const plain = fc.array(fc.constantFrom('a', 'b', '.', '/', '-', '_', '~', ':', '@', '='), { maxLength: 12 });
  fc.assert(
    fc.property(plain, (pieces) => {
      const path = `/${pieces.join('')}`;
      // The escape of an unreserved letter forces the slow way and disappears on it.
      const slow = accepted(`${path}/%61`);
      const fast = accepted(`${path}/a`);
      assert.equal(slow, fast);
    }),
  );
});

test('no field survives that an upstream could read as one of ours', () => {
  const ours = [
    'x-ostiary-user',
    'x-octelium-x',
    'x-envoy-y',
    'x-request-id',
    'x-original-url',
    'x-forwarded-for',
    'forwarded',
    'x-real-ip',
  ];
  const spelling = fc
    .constantFrom(...ours)
    .chain((name) =>
      fc
        .array(fc.nat(3), { minLength: name.length, maxLength: name.length })
        .map((choices) =>
          [...name]
            .map((c, i) => (c === '-' && choices[i] === 0 ? '_' : choices[i] === 1 ? c.toUpperCase() : c))
            .join(''),
        ),
    );
  fc.assert(
    fc.property(
      fc.array(fc.oneof(spelling, fc.constantFrom('accept', 'X-Other', 'connection')), { maxLength: 8 }),
      (names) => {
        const headers = canonicalHeaders(
          names.flatMap((name) => [name.toLowerCase(), 'v']),
          false,
        );
        for (const [name] of headers) {
          const folded = name.replaceAll('_', '-').toLowerCase().trim();
          assert.ok(!ours.includes(folded), name);
        }
      },
    ),
  );
});

test('canonicalising a canonical host changes nothing', () => {
  const hosts = fc.oneof(
    fc.domain(),
    fc.ipV4(),
    fc.ipV6().map((address) => `[${address}]`),
    fc.string({ maxLength: 8 }),
  );
  const ports = fc.oneof(
    fc.constant(''),
    fc.nat(70_000).map((port) => `:${port}`),
  );
  fc.assert(
    fc.property(hosts, ports, fc.constantFrom('http' as const, 'https' as const), (host, port, scheme) => {
      const once = canonicalHost(`${host}${port}`, scheme);
      // Whether Punycode decodes is no question of ours: a name that no Service has is not served.
      if ('kind' in once || once.host.includes('xn--')) return;
      assert.deepEqual(canonicalHost(once.authority, scheme), once);
      assert.equal(new URL(`${scheme}://${once.authority}`).host, once.authority);
    }),
    { numRuns: 2000 },
  );
});

test('a scheme has its own default port', () => {
  assert.deepEqual(canonicalHost('a.example:443', 'https'), { host: 'a.example', authority: 'a.example' });
  assert.deepEqual(canonicalHost('a.example:80', 'https'), { host: 'a.example', authority: 'a.example:80' });
});

test('a target is a path with a query, or an absolute URL', () => {
  assert.deepEqual(parseTarget('/a?b?c'), { authority: null, path: '/a', query: 'b?c' });
  assert.deepEqual(parseTarget('https://A.example:1/a?b'), { authority: 'A.example:1', path: '/a', query: 'b' });
  assert.deepEqual(parseTarget('http://a.example'), { authority: 'a.example', path: '/', query: '' });
  for (const target of ['', 'a', '*', 'a.example:443', 'http:/a', '/a b', '/a?b c', '/a?\u00e9']) {
    assert.ok('kind' in parseTarget(target), target);
  }
});
