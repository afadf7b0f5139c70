import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GatewayProcess } from '../../support/gateway-process.ts';
import { mistakesIn } from '../../support/mistakes.ts';
import { RecordingUpstream } from '../../support/recording-upstream.ts';
import { open, yaml } from '../../support/resources.ts';

const upstream = await RecordingUpstream.start('upstream');

const metered = (name: string, config: object) =>
  open(name, upstream.url, {}, { plugins: [{ name: 'plan', condition: { matchAny: true }, quota: config }] });

const FILES = {
  'services.yaml': yaml(
    metered('metered', { limit: 300, per: 'month', key: { header: 'X-Consumer' } }),
    metered('monthly', { limit: 2, per: 'month' }),
  ),
};

async function through(gateway: GatewayProcess, times: number, consumer = 'a'): Promise<number> {
  const ask = () => gateway.ask('metered', '/', { headers: { 'x-consumer': consumer } });
  const answers = await Promise.all(Array.from({ length: times }, ask));
  assert.deepEqual(
    [...new Set(answers.map(({ status }) => status))].filter((one) => one !== 200 && one !== 429),
    [],
  );
  return answers.filter(({ status }) => status === 200).length;
}

for (const [where, args] of [
  ['one process', []],
  ['two workers', ['--workers', '2']],
] as const) {
  test(`a quota outlives kill -9: never more than the limit, and hardly less, ${where}`, async () => {
    const first = await GatewayProcess.start({ files: FILES, args });
    assert.equal(await through(first, 200), 200);
    await first.stop('SIGKILL');
    const second = await first.again();
    const rest = await through(second, 300);
    // What was handed to workers ahead, and what was kept ahead.
    assert.ok(rest <= 100 && rest >= 60, String(rest));
    assert.equal(await through(second, 20), 0);
    assert.equal(await through(second, 40, 'b'), 40);
    await second.stop();
    const third = await second.again();
    assert.equal(await through(third, 20), 0);
    assert.equal(await through(third, 300, 'b'), 260);
  });
}

test('clients are told, and a refusal has a reason', async () => {
  const gateway = await GatewayProcess.start({ files: FILES });
  const { headers } = await gateway.ask('monthly');
  assert.equal(headers['ratelimit-policy'], '"plan";q=2;w=2592000');
  assert.match(String(headers.ratelimit), /^"plan";r=1;t=\d+$/);
  await gateway.ask('monthly');
  const refused = await gateway.ask('monthly');
  assert.deepEqual([refused.status, refused.reason], [429, 'quota-exhausted']);
  assert.match(String(refused.headers['retry-after']), /^\d+$/);
});

for (const [config, message] of [
  [{ limit: 1 }, /per/],
  [{ limit: 1, per: 'year' }, /day.*month/],
  [{ limit: 1, per: 'day', window: '1m' }, /window/],
] as const) {
  test(`is refused with its place: ${JSON.stringify(config)}`, async () => {
    const said = await mistakesIn(yaml(metered('wrong', config)));
    assert.match(said, message);
    assert.match(said, /services\.yaml:\d+:\d+/);
  });
}
