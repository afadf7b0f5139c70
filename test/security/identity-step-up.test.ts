import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { hashHandle } from '../../src/base/ids.ts';
import type { Session } from '../../src/model/index.ts';
import { APP, AUTH, cookieIn, type Fields, IdentityWorld, pageOf } from '../support/identity-world.ts';
import { group, user } from '../unit/identity/fixture.ts';

const ALICE = user('alice', { email: 'alice@example.com' });
const FACTOR = '/.ostiary/second-factor';
const MINUTE = 60_000;

const newWorld = () => new IdentityWorld([ALICE], [group('ops')]);
const aalOf = ({ status }: Session) => status.authentication.info.aal;

/** Alice with an authenticator app, and a browser of hers that has not shown it. */
async function withApp() {
  const world = newWorld();
  const owner = await world.browserOf(ALICE);
  const app = await world.addApp(owner);
  const session = await world.signedIn(ALICE, undefined, ['ops']);
  const cookie = await world.cookieOf(session);
  world.clock.advance(1000);
  return { world, app, session, cookie };
}

describe('a form whose last byte is kept back until something has changed', () => {
  async function slowly(change: (world: IdentityWorld, session: Session) => Promise<unknown>) {
    const { world, app, session, cookie } = await withApp();
    const { promise: body, resolve } = Promise.withResolvers<string>();
    const answering = world.post(FACTOR, { headers: cookie, body });
    await new Promise(setImmediate);
    await change(world, session);
    resolve(`code=${app.code()}`);
    return { world, session, answer: await answering };
  }

  test('does not bring a session back to life that was locked meanwhile', async () => {
    const { world, session, answer } = await slowly(async ({ layer }, { metadata }) =>
      layer.sessions.setState(metadata.uid, 'REJECTED'),
    );
    assert.equal((await world.now(session)).spec.state, 'REJECTED');
    assert.equal(pageOf(answer).name, 'sign-in-failed');
  });

  test('does not bring a Group back that the provider has taken away meanwhile', async () => {
    const { world, session } = await slowly(async ({ layer }, { metadata }) =>
      layer.sessions.change(metadata.uid, ({ status: { groups: _, ...status }, ...rest }) => ({ ...rest, status })),
    );
    assert.equal((await world.now(session)).status.groups, undefined);
    assert.equal(aalOf(await world.now(session)), 'AAL2');
  });

  test('raises no session that has ended meanwhile', async () => {
    const { world, session, answer } = await slowly(async ({ layer }, { metadata }) =>
      layer.sessions.revoke(metadata.uid),
    );
    assert.equal(await world.layer.sessions.find(session.metadata.uid), null);
    assert.equal(pageOf(answer).name, 'sign-in-failed');
  });
});

test('fixation: a code for another host that was got before the second factor is worth nothing after it', async () => {
  const { world, app, cookie } = await withApp();
  const binding = 'b'.repeat(43);
  const to = new URLSearchParams({ to: `https://${APP}/`, binding: hashHandle(binding) });
  const handed = await world.get(`/.ostiary/sign-in?${to}`, { headers: cookie });
  assert.ok(handed.kind === 'redirect');
  const { pathname, search } = new URL(handed.location);
  assert.equal((await world.post(FACTOR, { headers: cookie, form: { code: app.code() } })).kind, 'redirect');
  const thief = { cookie: `__Host-ostiary-binding-x=${binding}` };
  const page = pageOf(await world.get(`${pathname}${search}`, { host: APP, headers: thief }));
  assert.equal(page.name === 'sign-in-failed' && page.code, 'session-ended');
});

test('fixation: nor does one count that another process takes at the very moment of the second factor', async () => {
  const { world, app, cookie, session } = await withApp();
  const binding = 'b'.repeat(43);
  const to = new URLSearchParams({ to: `https://${APP}/`, binding: hashHandle(binding) });
  const handed = await world.get(`/.ostiary/sign-in?${to}`, { headers: cookie });
  assert.ok(handed.kind === 'redirect');
  const { pathname, search } = new URL(handed.location);
  const { handles } = world.store;
  const deleteOfSession = handles.deleteOfSession.bind(handles);
  const taken: Promise<unknown>[] = [];
  handles.deleteOfSession = (uid) => {
    const isFirst = taken.length === 0;
    void deleteOfSession(uid);
    const thief = { cookie: `__Host-ostiary-binding-x=${binding}` };
    if (isFirst) taken.push(world.get(`${pathname}${search}`, { host: APP, headers: thief }));
  };
  const raised = await world.post(FACTOR, { headers: cookie, form: { code: app.code() } });
  await Promise.all(taken);
  const left = [...world.store.handleRows.values()].filter(({ sessionUid }) => sessionUid === session.metadata.uid);
  assert.deepEqual(
    left.map(({ host, hash }) => [host, hash]),
    [[AUTH, hashHandle(cookieIn(raised).cookie!.split('=')[1]!)]],
  );
});

describe('a second factor that counts no more', () => {
  async function stolen() {
    const { world, app, session, cookie } = await withApp();
    await world.post(FACTOR, { headers: cookie, form: { code: app.code() } });
    assert.equal(aalOf(await world.now(session)), 'AAL2');
    const [authenticator] = await world.layer.authenticators.list();
    return { world, app, thief: session, name: authenticator!.metadata.name };
  }

  test('leaves nothing that it raised, when its owner removes it', async () => {
    const { world, app, thief, name } = await stolen();
    const answer = await world.post('/.ostiary/account/factors', { headers: app.cookie, form: { factor: name } });
    assert.equal(answer.kind, 'redirect');
    assert.equal(await world.layer.sessions.find(thief.metadata.uid), null);
    const [own] = await world.layer.sessions.list('alice');
    assert.equal(aalOf(own!), 'AAL1');
    assert.equal(own!.status.authentication.info.authenticator, undefined);
  });

  test('leaves nothing, when an administrator removes it', async () => {
    const { world, name } = await stolen();
    await world.layer.authenticators.remove(name);
    assert.deepEqual(await world.layer.sessions.list('alice'), []);
  });

  for (const state of ['REJECTED', 'PENDING'] as const) {
    test(`leaves nothing, when an administrator makes it ${state}`, async () => {
      const { world, name } = await stolen();
      await world.layer.authenticators.setState(name, state);
      assert.deepEqual(await world.layer.sessions.list('alice'), []);
    });
  }

  test('ends no session that has not shown it', async () => {
    const { world, name } = await stolen();
    const plain = await world.signedIn(ALICE);
    await world.layer.authenticators.remove(name);
    assert.deepEqual(
      (await world.layer.sessions.list('alice')).map(({ metadata }) => metadata.uid),
      [plain.metadata.uid],
    );
  });
});

describe('the first second factor', () => {
  const ways: readonly (readonly [string, string, Fields?])[] = [
    ['POST', '/.ostiary/account/totp'],
    ['POST', '/.ostiary/account/totp/confirm', { code: '000000' }],
    ['GET', '/.ostiary/account/passkey'],
    ['POST', '/.ostiary/account/passkey', { ticket: '', answer: '' }],
    ['POST', '/.ostiary/account/recovery-codes'],
  ];

  test('is not set up by whoever finds an old session: with it a thief would stay for ever', async () => {
    const world = newWorld();
    const headers = await world.browserOf(ALICE);
    world.clock.advance(15 * MINUTE);
    for (const [method, path, form = {}] of ways) {
      const answer = await (method === 'GET' ? world.get(path, { headers }) : world.post(path, { headers, form }));
      assert.ok(answer.kind === 'redirect', path);
      assert.equal(answer.location, `https://${AUTH}/.ostiary/account`, path);
    }
    const page = pageOf(await world.get('/.ostiary/account', { headers }));
    assert.ok(page.name === 'account');
    assert.match(page.signInAgain!, /^\/\.ostiary\/sign-in\?to=.*&switch=1$/);
  });

  test('is set up by who has just signed in', async () => {
    const world = newWorld();
    const headers = await world.browserOf(ALICE);
    world.clock.advance(15 * MINUTE - 1);
    await world.addApp(headers);
    assert.equal((await world.layer.authenticators.list()).length, 1);
  });
});

test('who must show a second factor first neither sees where its owner is signed in nor signs them out', async () => {
  const { world, session } = await withApp();
  const status = { ...session.status, authenticatorAction: 'AUTHENTICATION_REQUIRED' } as const;
  await world.layer.sessions.change(session.metadata.uid, (now) => ({ ...now, status }));
  const headers = await world.cookieOf(session);
  const before = (await world.layer.sessions.list('alice')).length;
  for (const answer of [
    await world.get('/.ostiary/account', { headers }),
    await world.post('/.ostiary/account/sessions', { headers, form: { others: '1' } }),
  ]) {
    assert.ok(answer.kind === 'redirect');
    assert.equal(answer.location, `https://${AUTH}${FACTOR}`);
  }
  assert.equal((await world.layer.sessions.list('alice')).length, before);
});

describe('recovery codes', () => {
  test('of two lists that are made at once only one is good', async () => {
    const { world, app } = await withApp();
    const renew = () => world.post('/.ostiary/account/recovery-codes', { headers: app.cookie });
    const lists = (await Promise.all([renew(), renew()])).map((answer) => {
      const page = pageOf(answer);
      return page.name === 'recovery-codes' ? page.codes : [];
    });
    const good = [];
    for (const code of [lists[0]![0]!, lists[1]![0]!, app.recoveryCodes[0]!]) {
      const headers = await world.browserOf(ALICE);
      const answer = await world.post(FACTOR, { headers, form: { code } });
      good.push(answer.kind === 'redirect');
    }
    assert.equal(good.filter(Boolean).length, 1);
  });

  test('count once, whoever shows them at once; different ones do not stand in each other’s way', async () => {
    const { world, app } = await withApp();
    const [one, other] = app.recoveryCodes;
    const cookies = await Promise.all(Array.from({ length: 4 }, () => world.browserOf(ALICE)));
    const codes = [one!, one!, one!, other!];
    const answers = await Promise.all(
      codes.map((code, i) => world.post(FACTOR, { headers: cookies[i]!, form: { code } })),
    );
    assert.deepEqual(answers.map(({ kind }) => kind).sort(), ['page', 'page', 'redirect', 'redirect']);
  });
});

test('a device that is connected in a session of yesterday has no second factor of today', async () => {
  const { world, app, session, cookie } = await withApp();
  const raised = cookieIn(await world.post(FACTOR, { headers: cookie, form: { code: app.code() } }));
  const { setAt } = (await world.now(session)).status.authentication;
  world.clock.advance(60 * MINUTE);
  const begun = await world.post('/oauth2/device_authorization', { form: { client_id: 'ostiary-cli' } });
  const { device_code, user_code } = (begun.kind === 'json' ? begun.value : {}) as Fields;
  const form = { user_code: user_code!, decision: 'approve' };
  assert.equal(pageOf(await world.post('/device', { headers: raised, form })).name, 'device-decided');
  const grant_type = 'urn:ietf:params:oauth:grant-type:device_code';
  await world.post('/oauth2/token', { form: { grant_type, device_code: device_code!, client_id: 'ostiary-cli' } });
  const token = (await world.layer.sessions.list('alice')).find(({ status }) => !status.isBrowser);
  assert.equal(token?.status.authentication.setAt, setAt);
});

describe('a device that was confirmed, and comes for its token only once something has changed', () => {
  const CLIENT = { client_id: 'ostiary-cli' };

  async function waiting() {
    const { world, app, session, cookie } = await withApp();
    const raised = cookieIn(await world.post(FACTOR, { headers: cookie, form: { code: app.code() } }));
    const begun = await world.post('/oauth2/device_authorization', { form: CLIENT });
    const { device_code = '', user_code = '' } = (begun.kind === 'json' ? begun.value : {}) as Fields;
    await world.post('/device', { headers: raised, form: { user_code, decision: 'approve' } });
    world.clock.advance(1000);
    const grant_type = 'urn:ietf:params:oauth:grant-type:device_code';
    const poll = () => world.post('/oauth2/token', { form: { grant_type, device_code, ...CLIENT } });
    const device = async () => (await world.layer.sessions.list('alice')).find(({ status }) => !status.isBrowser);
    return { world, app, session, raised, poll, device };
  }

  test('has no second factor that its owner has removed', async () => {
    const { world, raised, poll, device } = await waiting();
    const [factor] = await world.layer.authenticators.list();
    const removed = await world.post('/.ostiary/account/factors', {
      headers: raised,
      form: { factor: factor!.metadata.name },
    });
    assert.equal(removed.kind, 'redirect', JSON.stringify(removed));
    assert.deepEqual(await world.layer.authenticators.list(), []);
    await poll();
    const { info } = (await device())!.status.authentication;
    assert.deepEqual([info.aal, info.authenticator], ['AAL1', undefined]);
  });

  test('has no Group that the provider has taken away', async () => {
    const { world, session, poll, device } = await waiting();
    await world.layer.sessions.change(session.metadata.uid, ({ status: { groups: _, ...status }, ...rest }) => ({
      ...rest,
      status,
    }));
    await poll();
    assert.deepEqual((await device())!.status.groups, undefined);
  });

  test('has no second factor that was shown later', async () => {
    const { world, app, raised, poll, device } = await waiting();
    world.clock.advance(30_000);
    assert.equal((await world.post(FACTOR, { headers: raised, form: { code: app.code() } })).kind, 'redirect');
    const answer = await poll();
    assert.match(JSON.stringify(answer), /access_denied/);
    assert.equal(await device(), undefined);
  });
});
