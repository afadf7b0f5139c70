import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseLocalTarget, parseTarget } from '../../../identity/sign-in/target.ts';

const here = { scheme: 'https', authority: 'example.com:8443' } as const;
const isOurs = (host: string) => host === 'example.com' || host === 'app.example.com';
const parse = (to: string) => parseTarget(to, here, isOurs);

test('a place on one of our hosts is taken over with its query', () => {
  assert.deepEqual(parse('https://app.example.com:8443/a/b?c=d%20e&f'), {
    host: 'app.example.com',
    path: '/a/b?c=d%20e&f',
  });
  assert.deepEqual(parse('https://example.com:8443'), { host: 'example.com', path: '/' });
  assert.deepEqual(parse('https://app.example.com:8443/a#fragment'), { host: 'app.example.com', path: '/a' });
  const standard = parseTarget('https://example.com/', { scheme: 'https', authority: 'example.com' }, isOurs);
  assert.deepEqual(standard, { host: 'example.com', path: '/' });
});

test('nobody is sent back into the middle of a sign-in', () => {
  for (const path of ['/.ostiary/sign-out', '/.ostiary/callback?code=x', '/a/../.ostiary/sign-in']) {
    assert.deepEqual(parse(`https://app.example.com:8443${path}`), { host: 'app.example.com', path: '/' });
  }
});

const REFUSED = [
  '',
  '/',
  '/path',
  '//evil.com',
  'https:evil.com',
  'https:/evil.com',
  'https:\\\\evil.com',
  'https://evil.com:8443/',
  'https://app.example.com.evil.com:8443/',
  'https://xapp.example.com:8443/',
  'https://app.example.com:8443@evil.com:8443/',
  'https://user@app.example.com:8443/',
  'https://user:password@app.example.com:8443/',
  'https://@app.example.com:8443/',
  'https://evil.com\\@app.example.com:8443/',
  'https://evil.com\\.app.example.com:8443/',
  'https://app.example.com:8443//evil.com',
  'https://app.example.com:8443/a/..//evil.com',
  'https://app.example.com:8443/\\evil.com',
  'https://app.example.com:8443/a b',
  'https://app.example.com:8443/a\tb',
  'https://app.example.com:8443/a\r\nset-cookie: x',
  ' https://app.example.com:8443/',
  '\u0000https://app.example.com:8443/',
  'https://app.example.com./',
  'https://app.example.com/',
  'https://app.example.com:8444/',
  'http://app.example.com:8443/',
  'HTTPS://app.example.com:8443/',
  'javascript:alert(1)//app.example.com:8443/',
  'data:text/html,x',
  'https://[::1]:8443/',
  `https://app.example.com:8443/${'a'.repeat(5000)}`,
];

test('everything else is refused', () => {
  for (const to of REFUSED) assert.equal(parse(to), null, to);
});

test('a local target stays on its host', () => {
  const local = (path: string) =>
    parseLocalTarget(path, { scheme: 'https', authority: 'app.example.com' }, 'app.example.com');
  assert.deepEqual(local('/a?b'), { host: 'app.example.com', path: '/a?b' });
  for (const path of ['', 'a', '@evil.com/', ':8080/', '.evil.com/', '//evil.com', '/\\evil.com', 'https://evil.com']) {
    assert.equal(local(path), null, path);
  }
});

test('whatever is accepted leads back to our host, as browsers read it', () => {
  const piece = fc.constantFrom(
    '/',
    '\\',
    '@',
    ':',
    '//',
    '..',
    '.',
    '%2f',
    '%5c',
    '#',
    '?',
    'evil.com',
    'a',
    '\t',
    ' ',
    'é',
  );
  const path = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
  fc.assert(
    fc.property(path, (text) => {
      const place = parseLocalTarget(`/${text}`, here, 'example.com');
      if (place === null) return;
      const url = new URL(place.path, 'https://example.com:8443/');
      assert.equal(url.origin, 'https://example.com:8443');
      assert.match(place.path, /^\/(?![/\\])[\x21-\x7e]*$/);
    }),
    { numRuns: 2000 },
  );
});
