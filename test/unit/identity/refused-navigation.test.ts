import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type RefusedNavigation, signInUrl, switchAccountPath } from '../../../identity/sign-in/refused-navigation.ts';
import { HeaderList } from '../../../src/base/header-list.ts';
import { hashHandle } from '../../../src/base/ids.ts';

const DOMAIN = 'example.com';
const navigation = (change: Partial<RefusedNavigation> = {}): RefusedNavigation => ({
  scheme: 'https',
  host: 'app.example.com',
  authority: 'app.example.com:8443',
  path: '/a/b',
  query: 'c=d',
  headers: new HeaderList(),
  ...change,
});
const onAuthHost = { host: DOMAIN, authority: 'example.com:8443' };

test('a refused navigation goes to the auth host with its address and the hash of a binding', () => {
  const { location, setCookie } = signInUrl(navigation(), DOMAIN)!;
  const url = new URL(location);
  const [, value] = /^__Host-ostiary-binding-\w{6}=([\w-]{43}); /.exec(setCookie!)!;
  assert.equal(`${url.origin}${url.pathname}`, 'https://example.com:8443/.ostiary/sign-in');
  assert.deepEqual(Object.fromEntries(url.searchParams), {
    to: 'https://app.example.com:8443/a/b?c=d',
    binding: hashHandle(value!),
  });
});

test('on the auth host itself no binding is needed', () => {
  const { location, setCookie } = signInUrl(navigation(onAuthHost), DOMAIN)!;
  assert.equal(setCookie, null);
  assert.deepEqual([...new URL(location).searchParams.keys()], ['to']);
});

test('what cannot be come back to becomes the first page', () => {
  for (const change of [{ query: 'x'.repeat(5000) }, { path: '/.ostiary/denied' }, { path: '//evil.com' }]) {
    const { location } = signInUrl(navigation(change), DOMAIN)!;
    assert.equal(new URL(location).searchParams.get('to'), 'https://app.example.com:8443/');
  }
});

test('nobody signs in over plain HTTP, except on localhost names', () => {
  const plain = { scheme: 'http' } as const;
  assert.equal(signInUrl(navigation(plain), DOMAIN), null);
  assert.equal(switchAccountPath(navigation(plain), DOMAIN), null);
  assert.equal(signInUrl(navigation(plain), 'localhost'), null);
  const local = { ...plain, host: 'app.localhost', authority: 'app.localhost:8080' };
  assert.match(signInUrl(navigation(local), 'localhost')!.location, /^http:\/\/localhost:8080\/\.ostiary\/sign-in\?/);
});

test('switching accounts begins on the host that one is on', () => {
  const onService = new URL(switchAccountPath(navigation(), DOMAIN)!, 'https://x');
  assert.deepEqual(Object.fromEntries(onService.searchParams), { to: '/a/b?c=d', switch: '1' });
  const onAuth = new URL(switchAccountPath(navigation(onAuthHost), DOMAIN)!, 'https://x');
  assert.deepEqual(Object.fromEntries(onAuth.searchParams), { to: 'https://example.com:8443/a/b?c=d', switch: '1' });
});
