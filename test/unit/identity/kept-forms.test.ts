import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isKeptFormPath, keptFormPath } from '../../../identity/kept-forms/addresses.ts';
import { KeptForms, type Shown } from '../../../identity/kept-forms/kept-forms.ts';
import { HeaderList } from '../../../src/base/header-list.ts';
import { networkOf } from '../../../src/base/network.ts';
import { SecretValue } from '../../../src/base/secret-value.ts';
import { MemoryIdentityStore } from '../../support/memory-identity-store.ts';
import { TestClock } from '../../support/test-clock.ts';
import { APP, WIKI } from './fixture.ts';

/** Opens what it sealed, under the same name. */
const texts = {
  seal: (name: string, text: SecretValue) => JSON.stringify([name, text.reveal()]),
  open: (name: string, sealed: string) => {
    const [sealedFor, text] = JSON.parse(sealed) as [string, string];
    return sealedFor === name ? new SecretValue(text) : null;
  },
};

const BYTES = Buffer.from([0, 255, 13, 10, 128]);
const FORM = { host: APP, path: '/save', query: 'x=1', contentType: 'multipart/form-data; boundary=b', bytes: BYTES };

function setUp() {
  const clock = new TestClock();
  const { records } = new MemoryIdentityStore(() => clock.now());
  const forms = new KeptForms({ records, texts, clock });
  const keep = async (address = '192.0.2.1'): Promise<Shown> => {
    const kept = await forms.keep(FORM, 'https', address);
    const cookie = kept!.setCookie.split(';', 1)[0]!;
    return { headers: HeaderList.from([['cookie', cookie]]), scheme: 'https', host: APP, id: kept!.id };
  };
  return { clock, records, forms, keep };
}

test('a form is given back byte for byte, once, to the browser and the host that it is of', async () => {
  const { forms, keep } = setUp();
  const shown = await keep();
  assert.match(shown.headers.get('cookie')!, /^__Host-ostiary-kept-[a-z0-9]{6}=/);
  assert.equal(await forms.look({ ...shown, host: WIKI }), null);
  assert.equal(await forms.take({ ...shown, host: WIKI }), null, 'and it is still there');
  assert.equal(await forms.take({ ...shown, headers: new HeaderList() }), null);
  assert.equal(await forms.take({ ...shown, scheme: 'http' }), null);
  assert.equal(await forms.take({ ...shown, id: '../../x' }), null);
  assert.deepEqual(await forms.take(shown), FORM);
  assert.equal(await forms.take(shown), null);
});

test('a cookie that is shown twice is nobody’s, and ten minutes are all the time there is', async () => {
  const { clock, forms, keep } = setUp();
  const shown = await keep();
  const cookie = shown.headers.get('cookie')!;
  assert.equal(await forms.take({ ...shown, headers: HeaderList.from([['cookie', `${cookie}; ${cookie}`]]) }), null);
  clock.advance(10 * 60_000);
  assert.equal(await forms.look(shown), null);
  assert.equal(await forms.take(shown), null);
});

test('eight of one address are kept, and 500 of all', async () => {
  const { records, forms, keep } = setUp();
  for (let i = 0; i < 8; i++) await keep();
  assert.equal(await forms.keep(FORM, 'https', '192.0.2.1'), null);
  for (let i = 0; i < 510; i++) await keep(`2001:db8:0:${i.toString(16)}::1`);
  assert.equal(networkOf('2001:db8:0:1::1'), networkOf('2001:db8:0:1:a:b:c:d'));
  assert.notEqual(networkOf('2001:db8:0:1::1'), networkOf('2001:db8::1'));
  assert.equal(networkOf('::1'), '0:0:0:0::/64');
  assert.equal(networkOf('192.0.2.7'), '192.0.2.7');
  assert.equal((await records.list('kept-form')).length, 500);
});

test('a sign-in comes back to a kept form and to no other address of ours', () => {
  assert.equal(isKeptFormPath(keptFormPath('abc123')), true);
  for (const path of ['/.ostiary/kept-form', '/.ostiary/kept-form?id=ABC123', '/.ostiary/kept-form?id=abc123&to=x']) {
    assert.equal(isKeptFormPath(path), false, path);
  }
  assert.equal(isKeptFormPath('/.ostiary/sign-out?id=abc123'), false);
  assert.equal(isKeptFormPath('/.ostiary/kept-form?id=abc123?id=x'), false);
});
