import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HeaderList } from '../../../src/base/header-list.ts';
import { BufferedBody } from '../../../src/gateway/body.ts';
import type { Exchange } from '../../../src/gateway/exchange.ts';
import { refuse, respond } from '../../../src/gateway/outcome.ts';
import { buildConfigChain } from '../../../src/gateway/plugin.ts';
import type { Upstream } from '../../../src/gateway/snapshot.ts';
import { run } from './in-memory.ts';

test('a request goes through and is settled once', async () => {
  const { response, text, seen, settled, x } = await run({ request: { path: '/a', query: 'b=c' } });
  assert.equal(response.status, 200);
  assert.equal(text, 'hello');
  assert.deepEqual([seen[0]?.path, seen[0]?.query], ['/a', 'b=c']);
  assert.deepEqual(settled, [x]);
});

test('the auth host and /.ostiary/ on every host are ours, whatever Services there are', async () => {
  assert.equal((await run({ request: { host: 'example.com' } })).response.status, 299);
  const { response, seen } = await run({ request: { path: '/.ostiary/sign-in' } });
  assert.equal(response.status, 299);
  assert.deepEqual(seen, []);
});

test('attack: what is taken out of answers does not come in an interim one before them', async () => {
  const interims: number[] = [];
  const withSecret = HeaderList.from([['link', '</a.css?key=of-the-gateway>; rel=preload']]);
  const upstream: Upstream = {
    name: 'memory',
    authority: 'upstream.example.com',
    forward: (x) => {
      x.sendInterim?.(103, withSecret);
      return { status: 200, headers: new HeaderList(), body: null };
    },
  };
  const onRequest = (x: Exchange) => {
    x.sendInterim = (status) => interims.push(status);
    return null;
  };
  await run({ config: { upstream }, plugins: [{ onRequest }, { onResponse: () => {} }] });
  assert.deepEqual(interims, []);
  await run({ config: { upstream }, plugins: [{ onRequest }] });
  assert.deepEqual(interims, [103]);
});

test('an unknown host is no-route', async () => {
  const { x, response } = await run({ request: { host: 'other.example.com' } });
  assert.equal(x.refusal?.reason, 'no-route');
  assert.equal(response.status, 404);
});

test('a broken Service refuses with its reason and forwards nothing', async () => {
  const { x, seen } = await run({ service: { state: { kind: 'broken', because: 'bad regex' } } });
  assert.deepEqual([x.refusal?.reason, x.refusal?.detail], ['service-broken', 'bad regex']);
  assert.deepEqual(seen, []);
});

test('a disabled Service refuses', async () => {
  assert.equal((await run({ service: { state: { kind: 'disabled' } } })).x.refusal?.reason, 'service-disabled');
});

test('nobody identified on a Service that asks who it is: unauthenticated, and no decision is made', async () => {
  const { x, seen } = await run({ service: { anonymous: false } });
  assert.equal(x.refusal?.reason, 'unauthenticated');
  assert.equal(x.decision, null);
  assert.deepEqual(seen, []);
});

test('a rejected credential is not made up for by being anonymous', async () => {
  const identify = () => ({ kind: 'rejected', reason: 'token-invalid', detail: null }) as const;
  const { x } = await run({ service: { anonymous: false }, parts: { identify } });
  assert.equal(x.refusal?.reason, 'token-invalid');
});

test('a denial forwards nothing and carries its reason', async () => {
  const authorize = () =>
    ({ effect: 'deny', reason: 'policy-denied', policy: 'p', rule: 'r', detail: 'because' }) as const;
  const { x, seen } = await run({ service: { authorizer: { authorize } } });
  assert.deepEqual([x.refusal?.reason, x.refusal?.detail], ['policy-denied', 'because']);
  assert.deepEqual(seen, []);
});

test('a denial that names an allowing reason stays a denial', async () => {
  const authorize = () =>
    ({ effect: 'deny', reason: 'policy-allowed', policy: null, rule: null, detail: null }) as const;
  assert.equal((await run({ service: { authorizer: { authorize } } })).x.refusal?.reason, 'policy-error');
});

test('no config is 502, a config that cannot be chosen is 500', async () => {
  const none = await run({ service: { selector: { select: () => ({ kind: 'none' }) } } });
  assert.deepEqual([none.x.refusal?.reason, none.response.status], ['no-config', 502]);
  const error = await run({ service: { selector: { select: () => ({ kind: 'error', detail: 'd' }) } } });
  assert.deepEqual([error.x.refusal?.reason, error.response.status], ['config-error', 500]);
});

test('a config without upstream that nobody answers for is no-config', async () => {
  assert.equal((await run({ config: { upstream: null } })).x.refusal?.reason, 'no-config');
});

test('hooks run in their order, and the first that answers ends the way', async () => {
  const order: string[] = [];
  const note = (name: string, answer: boolean, later: boolean) => ({
    onAuthorized: () => {
      order.push(name);
      const outcome = answer ? respond(418, new HeaderList()) : null;
      return later ? Promise.resolve(outcome) : outcome;
    },
  });
  const plugins = [note('a', false, false), note('b', false, true), note('c', true, false), note('d', false, false)];
  const { response, seen } = await run({ plugins });
  assert.deepEqual(order, ['a', 'b', 'c']);
  assert.equal(response.status, 418);
  assert.deepEqual(seen, []);
});

test('an answer of a plugin is seen by those before it, the last one first, and by no other', async () => {
  const order: string[] = [];
  const note = (name: string, answer = false) => ({
    onAuthorized: () => (answer ? respond(418, new HeaderList()) : null),
    onResponse: (x: Exchange) => {
      order.push(name);
      x.response!.headers.set(`x-${name}`, 'seen');
    },
  });
  const { response } = await run({ plugins: [note('a'), note('b'), note('c', true), note('d')] });
  assert.deepEqual(order, ['b', 'a']);
  assert.deepEqual([response.status, response.headers.get('x-a'), response.headers.get('x-d')], [418, 'seen', null]);
  order.length = 0;
  await run({ plugins: [note('a'), note('b')] });
  assert.deepEqual(order, ['b', 'a'], 'of the upstream all see the answer');
});

test('every answer of a Service is shown at the moment it is sent, refusals too', async () => {
  const onAnswer = (_x: Exchange, { headers }: { headers: HeaderList }) => headers.set('x-last', 'word');
  const chain = buildConfigChain([{ onAnswer }]);
  for (const [config, status] of [
    [{ chain }, 200],
    [{ chain, upstream: null }, 502],
  ] as const) {
    const { response } = await run({ config });
    assert.deepEqual([response.status, response.headers.get('x-last')], [status, 'word']);
  }
});

test('where a plugin fails at the last moment, nothing is sent that it should have changed', async () => {
  const config = { chain: buildConfigChain([{ onAnswer: () => assert.fail('broken') }]) };
  const { x, response, text } = await run({ config });
  assert.deepEqual([x.refusal?.reason, response.status, text], ['plugin-error', 500, '']);
});

for (const [how, onAuthorized] of [
  ['throws', () => assert.fail('broken plugin')],
  ['rejects', () => Promise.reject(new Error('broken plugin'))],
] as const) {
  test(`a plugin that ${how} refuses its request and forwards nothing`, async () => {
    const { x, seen } = await run({ plugins: [{ onAuthorized }] });
    assert.deepEqual([x.refusal?.reason, x.refusal?.detail], ['plugin-error', 'broken plugin']);
    assert.deepEqual(seen, []);
  });
}

test('a credential that is not available refuses before anything is forwarded', async () => {
  const { x, seen } = await run({ plugins: [{ inject: () => refuse('credential-unavailable', 'Secret') }] });
  assert.equal(x.refusal?.reason, 'credential-unavailable');
  assert.deepEqual(seen, []);
});

test('a response plugin that throws gives up the upstream answer', async () => {
  let destroyed = false;
  const body = new BufferedBody('upstream');
  body.destroy = () => {
    destroyed = true;
  };
  const upstream = { name: 'u', authority: 'u', forward: () => ({ status: 200, headers: new HeaderList(), body }) };
  const onResponse = () => assert.fail('broken');
  const { x, text } = await run({ plugins: [{ onResponse }], config: { upstream } });
  // `config` replaces the chain's upstream only, so the plugin is still there.
  assert.equal(x.refusal?.reason, 'plugin-error');
  assert.equal(text, '');
  assert.ok(destroyed);
});

test('response plugins run one after the other, whether they wait or not', async () => {
  const ran: string[] = [];
  const hook = (name: string) => ({ onResponse: () => void ran.push(name) });
  const waiting = (name: string) => ({
    onResponse: async () => {
      await Promise.resolve();
      ran.push(name);
    },
  });
  const { response } = await run({ plugins: [hook('a'), waiting('b'), hook('c'), waiting('d'), hook('e')] });
  assert.deepEqual([response.status, ran], [200, ['e', 'd', 'c', 'b', 'a']]);
  const failing = { onResponse: () => Promise.reject(new Error('broken')) };
  const { x } = await run({ plugins: [hook('never'), failing, hook('f')] });
  assert.equal(x.refusal?.reason, 'plugin-error');
  assert.equal(ran.at(-1), 'f');
});

test('what throws anywhere is internal-error, and the exchange is settled', async () => {
  const route = () => assert.fail('bug');
  const { x, settled, response } = await run({ service: { selector: { select: route } } });
  assert.deepEqual([x.refusal?.reason, response.status], ['internal-error', 500]);
  assert.equal(settled.length, 1);
});

test('a client that goes away is settled as aborted', async () => {
  const { x, settled } = await run({ whole: false });
  assert.equal(x.aborted, true);
  assert.equal(settled.length, 1);
});

test('every exchange has the same shape, so that the engine keeps one hidden class', async () => {
  const refused = await run({ request: { host: 'other.example.com' } });
  const served = await run({ request: { path: '/x' }, body: 'b' });
  assert.deepEqual(Object.keys(refused.x), Object.keys(served.x));
});
