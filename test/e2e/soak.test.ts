import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DOMAIN, GatewayProcess } from '../support/gateway-process.ts';
import { RecordingUpstream } from '../support/recording-upstream.ts';
import { open, yaml } from '../support/resources.ts';
import { SteadyLoad } from '../support/steady-load.ts';
import { until } from '../support/until.ts';

/** `scripts/soak.ts` asks for more. */
const RELOADS = Number(process.env.SOAK_RELOADS ?? 8);
const DRAINS = Number(process.env.SOAK_DRAINS ?? 2);
const CONNECTIONS = 16;
/** Requests of every connection between two changes. */
const BETWEEN = 10 * CONNECTIONS;

const upstream = await RecordingUpstream.start('upstream', {
  answer: (_, response) => {
    upstream.received.length = 0;
    response.end('some text');
  },
});

function ofVersion(version: number): string {
  const header = { addResponseHeaders: [{ key: 'X-Version', value: String(version) }] };
  return yaml(open('site', upstream.url, {}, { header }));
}

async function moreAnswers(load: SteadyLoad): Promise<void> {
  const before = load.answered;
  await until('more answers', () => load.answered >= before + BETWEEN);
}

for (const workers of ['1', '2']) {
  test(`${RELOADS} reloads under load lose no request, with ${workers} of --workers`, async (t) => {
    const args = ['--workers', workers, '--access-log', '/dev/null'];
    const gateway = await GatewayProcess.start({ args, files: { 'a.yaml': ofVersion(0) } });
    const load = new SteadyLoad(gateway.port, `site.${DOMAIN}`, CONNECTIONS);
    for (let version = 1; version <= RELOADS; version++) {
      assert.match(await gateway.write('a.yaml', ofVersion(version)), /is live/);
      await moreAnswers(load);
    }
    const { answered, failed } = await load.stop();
    assert.equal(await gateway.stop(), 0);
    t.diagnostic(`${answered} answered, ${failed.length} failed`);
    assert.deepEqual(failed, []);
  });

  test(`${DRAINS} drains under load lose no request, with ${workers} of --workers`, async (t) => {
    const args = ['--workers', workers, '--access-log', '/dev/null'];
    let gateway = await GatewayProcess.start({ args, files: { 'a.yaml': ofVersion(0) } });
    let sum = 0;
    for (let n = 1; n <= DRAINS; n++) {
      const load = new SteadyLoad(gateway.port, `site.${DOMAIN}`, CONNECTIONS);
      await moreAnswers(load);
      assert.equal(await gateway.stop(), 0);
      const { answered, failed } = await load.ended();
      assert.deepEqual(failed, []);
      sum += answered;
      if (n < DRAINS) gateway = await gateway.again();
    }
    t.diagnostic(`${sum} answered, none failed`);
  });
}
