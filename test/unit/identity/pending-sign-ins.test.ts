import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newSealingKey } from '../../../identity/sign-in/cookie-sealer.ts';
import { PENDING_LIFETIME, PendingSignIns } from '../../../identity/sign-in/pending-sign-ins.ts';
import { HeaderList } from '../../../src/base/header-list.ts';
import { hashHandle, newHandle } from '../../../src/base/ids.ts';
import { MemoryIdentityStore } from '../../support/memory-identity-store.ts';
import { TestClock } from '../../support/test-clock.ts';

/** What a browser keeps of Set-Cookie fields. */
class Jar {
  readonly cookies = new Map<string, string>();

  get browser() {
    const field = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    return { headers: HeaderList.from([['cookie', field]]), scheme: 'https' as const };
  }

  keep(fields: readonly string[]): void {
    for (const field of fields) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(field)!;
      if (value === '') this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
  }
}

const clock = new TestClock();

function pendingSignIns(of: TestClock): PendingSignIns {
  return new PendingSignIns({
    clock: of,
    key: newSealingKey(),
    finished: new MemoryIdentityStore(() => of.now()).records,
  });
}

function begin(pending: PendingSignIns, jar: Jar, path = '/'): string {
  const state = newHandle();
  const target = { host: 'app.example.com', path, bindingHash: null };
  const expiresAt = clock.now() + PENDING_LIFETIME;
  const facts = { provider: 'demo', nonce: newHandle(), codeVerifier: newHandle(), target, expiresAt };
  jar.keep(pending.put({ stateHash: hashHandle(state), ...facts }, jar.browser));
  return state;
}

test('a sign-in is taken once, also when the browser shows its cookie again', async () => {
  const pending = pendingSignIns(clock);
  const jar = new Jar();
  const state = begin(pending, jar, '/x');
  const taken = await pending.take(state, jar.browser);
  assert.equal(taken.kind === 'taken' && taken.pending.target.path, '/x');
  assert.equal((await pending.take(state, jar.browser)).kind, 'sign-in-unknown');
});

test('the cookie says nothing to whoever reads it and is bound to its name', async () => {
  const pending = pendingSignIns(clock);
  const jar = new Jar();
  const state = begin(pending, jar);
  const [[name, value]] = [...jar.cookies] as [[string, string]];
  assert.match(name, /^__Host-ostiary-sign-in-[\w-]{8}$/);
  assert.doesNotMatch(Buffer.from(value, 'base64url').toString('latin1'), /app\.example\.com|demo|codeVerifier/);
  const other = begin(pending, jar);
  jar.cookies.set(name, [...jar.cookies.values()][1]!);
  assert.equal((await pending.take(state, jar.browser)).kind, 'sign-in-unknown');
  assert.equal((await pending.take(other, jar.browser)).kind, 'taken');
});

test('a cookie that was changed, or sealed by another process, opens nothing', async () => {
  const pending = pendingSignIns(clock);
  const jar = new Jar();
  const state = begin(pending, jar);
  assert.equal((await pendingSignIns(clock).take(state, jar.browser)).kind, 'sign-in-unknown');
  const [[name, value]] = [...jar.cookies] as [[string, string]];
  for (const changed of [
    `${value.slice(0, 40)}${value[40] === 'A' ? 'B' : 'A'}${value.slice(41)}`,
    'x',
    value.slice(4),
  ]) {
    jar.cookies.set(name, changed);
    assert.equal((await pending.take(state, jar.browser)).kind, 'sign-in-unknown');
  }
});

test('a browser keeps the twenty newest sign-ins, and less of long ones', async () => {
  const pending = pendingSignIns(clock);
  const jar = new Jar();
  const states = Array.from({ length: 30 }, () => begin(pending, jar));
  assert.ok(jar.cookies.size <= 20, String(jar.cookies.size));
  assert.equal((await pending.take(states.at(-1)!, jar.browser)).kind, 'taken');
  assert.equal((await pending.take(states[0]!, jar.browser)).kind, 'other-browser');
  for (let n = 0; n < 10; n++) begin(pending, jar, `/${'x'.repeat(2000)}`);
  const bytes = [...jar.cookies].map(([name, value]) => name.length + value.length);
  assert.ok(Math.max(...bytes) < 4096, 'browsers keep no longer cookie');
  assert.ok(bytes.reduce((sum, one) => sum + one) <= 8192, 'a head of a request has its limit');
});

test('processes that share key and store finish what another one began, and only one of them', async () => {
  const shared = { clock, key: newSealingKey(), finished: new MemoryIdentityStore(() => clock.now()).records };
  const [one, other, third] = [1, 2, 3].map(() => new PendingSignIns(shared)) as [
    PendingSignIns,
    PendingSignIns,
    PendingSignIns,
  ];
  const jar = new Jar();
  const state = begin(one, jar);
  assert.equal((await other.take(state, jar.browser)).kind, 'taken');
  assert.equal((await third.take(state, jar.browser)).kind, 'sign-in-unknown');
});
