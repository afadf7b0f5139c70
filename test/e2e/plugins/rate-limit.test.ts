import assert from 'node:assert/strict';
import { Agent, type ServerResponse } from 'node:http';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { GatewayProcess } from '../../support/gateway-process.ts';
import { mistakesIn } from '../../support/mistakes.ts';
import { RecordingUpstream } from '../../support/recording-upstream.ts';
import { ALLOW_ALL, bearer, open, service, workload, yaml } from '../../support/resources.ts';
import { until } from '../../support/until.ts';

const upstream = await RecordingUpstream.start('upstream');
const unanswered: ServerResponse[] = [];
const held = await RecordingUpstream.start('held', { answer: (_, response) => void unanswered.push(response) });
const answerAll = () => {
  for (const response of unanswered.splice(0)) response.end();
};

const limited = (name: string, config: object, frame: object = {}, url = upstream.url) =>
  open(name, url, {}, { plugins: [{ name: 'few', condition: { matchAny: true }, rateLimit: config, ...frame }] });

const HOUR = { limit: 100, window: '1h' };

const FILES = {
  'services.yaml': yaml(
    ALLOW_ALL,
    workload('robot'),
    workload('other'),
    limited('sliding', HOUR),
    limited('fixed', { ...HOUR, algorithm: 'fixed-window' }),
    limited('bucket', { limit: 100, window: '30d', algorithm: 'token-bucket' }),
    limited('shaped', { limit: 4, window: '1s', algorithm: 'leaky-bucket', burst: 2 }),
    limited('early', { limit: 2, window: '1h' }, { phase: 'PRE_AUTH' }),
    limited('by-header', { limit: 2, window: '1h', key: { header: 'X-Api-Key' } }),
    limited('by-text', { limit: 2, window: '1h', key: { eval: 'ctx.request.http.headers["x-tenant"]' } }),
    limited('by-template', { limit: 2, window: '1h', key: { liquid: '{{ ctx.request.http.headers["x-tenant"] }}' } }),
    limited('by-number', { limit: 2, window: '1h', key: { eval: '1 / int(ctx.request.http.headers["x-n"])' } }),
    limited('by-user-anonymous', { limit: 2, window: '1h', key: { perUser: true } }),
    limited('few-at-a-time', { limit: 3, algorithm: 'concurrency' }, {}, held.url),
    limited('written', {
      limit: 1,
      window: '1h',
      statusCode: 503,
      body: { inline: 'slowly' },
      headers: [{ key: 'X-Limit', value: 'yes' }],
    }),
    service('of-users', {
      config: {
        upstream: { url: upstream.url },
        http: {
          plugins: [
            {
              name: 'few',
              condition: { matchAny: true },
              rateLimit: { limit: 2, window: '1h', key: { perUser: true } },
            },
          ],
        },
      },
    }),
  ),
};

const one = await GatewayProcess.start({ files: FILES });
const two = await GatewayProcess.start({ files: FILES, args: ['--workers', '2'] });
const BOTH = [
  ['one process', one],
  ['two workers', two],
] as const;

async function statuses(gateway: GatewayProcess, host: string, times: number): Promise<number[]> {
  const answers = await Promise.all(Array.from({ length: times }, () => gateway.ask(host)));
  return answers.map(({ status }) => status);
}

const count = (all: readonly number[], status: number) => all.filter((one) => one === status).length;

for (const [where, gateway] of BOTH) {
  for (const host of ['sliding', 'fixed', 'bucket']) {
    test(`1,000 requests at once against a limit of 100, ${host}, ${where}: 100 get through`, async () => {
      const before = upstream.received.length;
      const all = await statuses(gateway, host, 1_000);
      assert.deepEqual([count(all, 200), count(all, 429)], [100, 900]);
      assert.equal(upstream.received.length - before, 100);
    });
  }

  test(`one after the other, so that leases are handed out: 100 get through, ${where}`, async () => {
    const agents = Array.from({ length: 4 }, () => new Agent({ keepAlive: true, maxSockets: 1 }));
    after(() => agents.forEach((agent) => void agent.destroy()));
    const all: number[] = [];
    for (let i = 0; i < 160; i++) {
      const { status } = await gateway.ask('by-header', '/', {
        agent: agents[i % 4]!,
        headers: { 'x-api-key': `k${i % 50}` },
      });
      all.push(status);
    }
    assert.equal(count(all, 200), 100);
  });

  test(`so many at a time; what ends makes room, ${where}`, async () => {
    const before = held.received.length;
    const first = Array.from({ length: 3 }, () => gateway.ask('few-at-a-time').catch(() => null));
    await until('three to be there', () => held.received.length - before === 3);
    const { status, headers } = await gateway.ask('few-at-a-time');
    assert.deepEqual([status, headers['retry-after']], [429, '1']);
    assert.equal(headers['ratelimit-policy'], '"few";q=3;qu="concurrent-requests"');
    answerAll();
    await Promise.all(first);
    const again = gateway.ask('few-at-a-time').catch(() => null);
    await until('another one to be there', () => held.received.length - before === 4);
    answerAll();
    await again;
  });

  test(`a leaky bucket lets them through one after the other, and refuses what does not fit, ${where}`, async () => {
    const begun = performance.now();
    const all = await statuses(gateway, 'shaped', 20);
    assert.ok(count(all, 200) >= 3 && count(all, 200) < 20, String(all));
    assert.ok(performance.now() - begun >= 490);
  });
}

test('clients are told how they stand', async () => {
  const { headers } = await one.ask('written');
  assert.equal(headers['ratelimit-policy'], '"few";q=1;w=3600');
  assert.match(String(headers.ratelimit), /^"few";r=0;t=3\d{3}$/);
  const { status, body, headers: refused } = await one.ask('written');
  assert.deepEqual([status, body, refused['x-limit']], [503, 'slowly', 'yes']);
  assert.match(String(refused['retry-after']), /^3\d{3}$/);
});

test('a refusal has a reason', async () => {
  const { reason, headers } = await one.ask('sliding');
  assert.equal(reason, 'rate-limited');
  assert.match(String(headers.ratelimit), /^"few";r=0;t=\d+$/);
});

test('strangers are limited before they are asked who they are', async () => {
  assert.deepEqual(await statuses(one, 'early', 4).then((all) => count(all, 429)), 2);
});

for (const [host, name] of [
  ['by-header', 'x-api-key'],
  ['by-text', 'x-tenant'],
  ['by-template', 'x-tenant'],
] as const) {
  test(`attack: leaving the key out frees nobody, ${host}`, async () => {
    const ask = (headers: Record<string, string>) => one.ask(host, '/', { headers }).then(({ status }) => status);
    assert.deepEqual([await ask({}), await ask({}), await ask({})], [200, 200, 429]);
    assert.equal(await ask({ [name]: 'mine' }), 200);
    assert.equal(await ask({ [name]: '-' }), 200);
  });
}

test('attack: a key that makes its expression fail refuses the request', async () => {
  const { status, reason } = await one.ask('by-number', '/', { headers: { 'x-n': '0' } });
  assert.deepEqual([status, reason], [500, 'plugin-error']);
});

test('attack: a key per User does not free those who are none', async () => {
  assert.deepEqual(await statuses(one, 'by-user-anonymous', 4).then((all) => count(all, 200)), 2);
});

test('attack: another token of the same User has no limit of its own', async () => {
  const ask = async (user: string, name: string) => {
    const token = await one.token(user, { name });
    return (await one.ask('of-users', '/', { headers: bearer(token) })).status;
  };
  assert.deepEqual([await ask('robot', 'aa'), await ask('robot', 'bb'), await ask('robot', 'cc')], [200, 200, 429]);
  assert.equal(await ask('other', 'dd'), 200);
});

test('a worker that is killed gives back nothing that it may have used, and all that lasted with it', async () => {
  const before = held.received.length;
  const open = Array.from({ length: 3 }, () => two.ask('few-at-a-time').catch(() => null));
  await until('three to be there', () => held.received.length - before === 3);
  const former = two.workers;
  for (const worker of former) process.kill(worker, 'SIGKILL');
  await Promise.all(open);
  await until('two more workers', () => two.workers.filter((pid) => !former.includes(pid)).length === 2);
  while ((await two.admin('/readyz')).status !== 200) await wait(20);
  const again = two.ask('few-at-a-time').catch(() => null);
  await until('another one to be there', () => held.received.length - before === 4);
  answerAll();
  await again;
  assert.equal(count(await statuses(two, 'sliding', 20), 200), 0);
});

for (const [config, message] of [
  [{ limit: 1 }, /sliding-window.*window/s],
  [{ limit: 1, window: '0s' }, /counts the requests of a window/],
  [{ limit: 1, window: '1s', algorithm: 'concurrency' }, /have no window/],
  [{ limit: 1, window: '1s', burst: 5 }, /has no burst/],
  [{ limit: 1, window: '1m', algorithm: 'leaky-bucket', burst: 5 }, /more than a minute/],
  [{ limit: 1, window: '1m', algorithm: 'token-bucket', burst: 0 }, /lets nothing through/],
  [{ limit: 0, window: '1m' }, /limit/],
  [{ limit: 1, window: '1m', key: { perUser: true, perSession: true } }, /one of/],
  [{ limit: 1, window: '1m', key: { perUser: false } }, /says nothing/],
  [{ limit: 1, window: '1m', key: { eval: 'ctx.' } }, /services\.yaml/],
  [{ limit: 1, window: '1m', store: 'redis' }, /store/],
] as const) {
  test(`is refused with its place: ${JSON.stringify(config)}`, async () => {
    const said = await mistakesIn(yaml(limited('wrong', config)));
    assert.match(said, message);
    assert.match(said, /services\.yaml:\d+:\d+/);
  });
}
