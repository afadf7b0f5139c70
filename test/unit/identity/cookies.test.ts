import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  expireSessionCookie,
  newBinding,
  readBindings,
  readSessionCookie,
  setSessionCookie,
} from '../../../identity/sessions/cookies.ts';
import { HeaderList } from '../../../src/base/header-list.ts';
import { isOwnCookie } from '../../../src/base/own-names.ts';

const NAME = '__Host-ostiary-session';
const cookies = (...fields: string[]) => HeaderList.from(fields.map((field) => ['cookie', field] as const));

test('the session cookie is found among others, in one field or several', () => {
  for (const headers of [
    cookies(`a=b; ${NAME}=x; c=d`),
    cookies('a=b', `${NAME}=x`),
    cookies(`${NAME}=x`),
    cookies(`a;;  ;=;\t${NAME}\t=\tx\t`),
  ]) {
    assert.equal(readSessionCookie(headers, 'https'), 'x');
  }
});

test('names are compared byte for byte', () => {
  for (const name of [
    `__host-ostiary-session`,
    `x${NAME}`,
    `${NAME}x`,
    `\u00a0${NAME}`,
    `\u2000${NAME}`,
    `${NAME}\u0085`,
  ]) {
    assert.equal(readSessionCookie(cookies(`${name}=x`), 'https'), null);
  }
});

test('two of them are no session cookie', () => {
  assert.equal(readSessionCookie(cookies(`${NAME}=x; ${NAME}=x`), 'https'), 'repeated');
  assert.equal(readSessionCookie(cookies(`${NAME}=x`, `${NAME}=y`), 'https'), 'repeated');
});

test('a value may hold an equals sign', () => {
  assert.equal(readSessionCookie(cookies(`${NAME}=a=b`), 'https'), 'a=b');
});

test('the cookie is host-only, hidden from scripts, and Secure where there is HTTPS', () => {
  assert.equal(setSessionCookie('https', 'H', 5999), `${NAME}=H; Max-Age=5; Path=/; Secure; HttpOnly; SameSite=Lax`);
  assert.equal(setSessionCookie('http', 'H', 1000), 'ostiary-session=H; Max-Age=1; Path=/; HttpOnly; SameSite=Lax');
  assert.match(expireSessionCookie('https'), /^__Host-ostiary-session=; Max-Age=0; Path=\/; Secure/);
});

test('a binding that the browser shows is never used again: a script may have planted it', () => {
  for (const scheme of ['http', 'https'] as const) {
    const first = newBinding(new HeaderList(), scheme);
    const pair = first.setCookie.split(';')[0]!;
    assert.deepEqual(readBindings(cookies(pair), scheme), [first.value]);
    const second = newBinding(cookies(pair), scheme);
    assert.notEqual(second.value, first.value);
    assert.notEqual(second.setCookie.split('=')[0], first.setCookie.split('=')[0], 'both live side by side');
  }
});

test('a browser that begins again and again keeps a bounded number of bindings', () => {
  const pairs = new Map<string, string>();
  for (let n = 0; n < 100; n++) {
    const headers = cookies([...pairs].map(([name, value]) => `${name}=${value}`).join('; '));
    const { value, setCookie } = newBinding(headers, 'https');
    pairs.set(setCookie.split('=')[0]!, value);
    assert.ok(readBindings(cookies([...pairs].map((pair) => pair.join('=')).join('; ')), 'https').includes(value));
  }
  assert.equal(pairs.size, 16);
});

test('several bindings are all read, malformed ones are not, and their number is bounded', () => {
  const value = (i: number) => String(i).padStart(43, 'a');
  const pairs = Array.from({ length: 40 }, (_, i) => `__Host-ostiary-binding-${i}=${value(i)}`);
  assert.deepEqual(readBindings(cookies(pairs[0]!, pairs[1]!), 'https'), [value(0), value(1)]);
  assert.deepEqual(readBindings(cookies('__Host-ostiary-binding-x=short'), 'https'), []);
  assert.equal(readBindings(cookies(pairs.join('; ')), 'https').length, 32);
});

test('every cookie of ours has a name that upstreams may neither see nor set', () => {
  for (const scheme of ['http', 'https'] as const) {
    for (const field of [setSessionCookie(scheme, 'H', 1), newBinding(new HeaderList(), scheme).setCookie]) {
      assert.equal(isOwnCookie(field.split('=')[0]!), true);
    }
  }
});
