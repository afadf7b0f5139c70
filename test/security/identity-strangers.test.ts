import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IdentityWorld, pageOf } from '../support/identity-world.ts';
import { provider, user } from '../unit/identity/fixture.ts';
import { ScriptedProvider } from '../unit/identity/scripted-provider.ts';

const ALICE = user('alice', { email: 'alice@example.com' });
const ROUNDS = 40;

/** What strangers do is bounded by this; the number is of the records that there are at most. */
const MOST_FINISHED = 20_000;

test('finished sign-ins that nobody is behind take no more room than there is for them', async () => {
  const issuer = await ScriptedProvider.start();
  const world = new IdentityWorld([ALICE]);
  world.withProvider(provider('demo', issuer.issuer));
  const { records } = world.store;
  const bounds = new Set<number | undefined>();
  const add = records.add.bind(records);
  records.add = (record, most) => {
    if (record.space === 'sign-in') bounds.add(most);
    return add(record, most);
  };
  try {
    const begun = await world.get('/.ostiary/sign-in');
    assert.ok(begun.kind === 'redirect');
    const state = new URL(begun.location).searchParams.get('state')!;
    const cookie = begun.cookies.at(-1)!.split(';')[0]!;
    const query = new URLSearchParams({ state, error: 'access_denied', iss: issuer.issuer });
    const page = pageOf(await world.get(`/.ostiary/callback/demo?${query}`, { headers: { cookie } }));
    assert.equal(page.name === 'sign-in-failed' && page.code, 'sign-in-cancelled');
    assert.deepEqual([...bounds], [MOST_FINISHED]);
  } finally {
    await issuer.close();
  }
});

test('devices of one IPv6 network are counted together, and others go on', async () => {
  const world = new IdentityWorld([ALICE]);
  const begin = async (clientAddress: string): Promise<number> => {
    const answer = await world.post('/oauth2/device_authorization', {
      form: { client_id: 'ostiary-cli' },
      clientAddress,
    });
    return answer.kind === 'json' ? answer.status : 0;
  };
  const statuses = [];
  for (let n = 0; n < ROUNDS; n++) statuses.push(await begin(`2001:db8:0:1::${n.toString(16)}`));
  assert.equal(statuses.filter((status) => status === 200).length, 30);
  assert.equal(statuses.at(-1), 429);
  assert.equal(await begin('2001:db8:0:2::1'), 200);
});

test('nothing is kept of who only looks around', async () => {
  const issuer = await ScriptedProvider.start();
  const world = new IdentityWorld([ALICE]);
  world.withProvider(provider('demo', issuer.issuer));
  const { sessionRows, handleRows, handOverRows, recordRows } = world.store;
  const rows = () => [sessionRows, handleRows, handOverRows, recordRows].map(({ size }) => size);
  try {
    const before = rows();
    const pages = [
      'sign-in',
      'sign-out',
      'signed-out',
      'account',
      'second-factor',
      'access?service=x',
      'access-requests',
    ];
    const addresses = [
      ...pages.map((page) => `/.ostiary/${page}`),
      '/device?user_code=BCDF-GHJK',
      `/.ostiary/callback/demo?state=${'A'.repeat(43)}&code=c`,
    ];
    for (const address of addresses) await world.get(address);
    for (const path of ['sign-in/passkey', 'second-factor', 'account/totp', 'access']) {
      await world.post(`/.ostiary/${path}`, { form: { ticket: 'x', answer: '{}', code: '000000' } });
    }
    await world.post('/.ostiary/backchannel-logout/demo', { form: { logout_token: 'a.b.c' } });
    assert.deepEqual(rows(), before);
  } finally {
    await issuer.close();
  }
});
