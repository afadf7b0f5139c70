import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { GatewayProcess } from '../support/gateway-process.ts';
import { open, yaml } from '../support/resources.ts';

const ROUNDS = 5;
const SERVICES = 30;

/** Every Service of a version carries its number, so that a mixture shows. */
function ofVersion(version: number): string {
  const description = String(version);
  return yaml(
    ...Array.from({ length: SERVICES }, (_, i) => {
      const { metadata, ...rest } = open(`service-${i}`, 'http://127.0.0.1:1');
      return { ...rest, metadata: { ...metadata, description } };
    }),
  );
}

/** Applies one version after the other until the gateway is gone; gives the last one that was acknowledged. */
async function applyUntilGone(gateway: GatewayProcess, from: number): Promise<number> {
  for (let version = from; ; version++) {
    try {
      const answer = await gateway.api.apply({ texts: [{ file: '-', text: ofVersion(version) }] });
      assert.equal(answer.accepted, true);
    } catch (thrown) {
      if (thrown instanceof assert.AssertionError) throw thrown;
      return version - 1;
    }
  }
}

async function storedVersions(gateway: GatewayProcess): Promise<number[]> {
  const services = await gateway.api.list('Service');
  assert.equal(services.length, SERVICES);
  return [...new Set(services.map(({ metadata }) => Number(metadata.description)))];
}

test('kill -9 while applying leaves the old state or the new one, never a part', async () => {
  let gateway = await GatewayProcess.start();
  await gateway.api.apply({ texts: [{ file: '-', text: ofVersion(1) }] });
  let stored = 1;
  for (let round = 0; round < ROUNDS; round++) {
    const applying = applyUntilGone(gateway, stored + 1);
    await sleep(60 + 37 * round);
    await gateway.stop('SIGKILL');
    const acknowledged = await applying;
    gateway = await gateway.again();
    const versions = await storedVersions(gateway);
    assert.equal(versions.length, 1, `a mixture of ${versions}`);
    stored = versions[0]!;
    // What was acknowledged must be there; the one under way may be.
    assert.ok(
      stored === acknowledged || stored === acknowledged + 1,
      `${stored} is there, ${acknowledged} was promised`,
    );
  }
  assert.ok(stored > 1, 'no version was ever applied');
});
