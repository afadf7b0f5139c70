import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GatewayProcess } from '../support/gateway-process.ts';
import { policy, service, workload, yaml } from '../support/resources.ts';
import { until } from '../support/until.ts';

function resources(match: string): string {
  const api = service('api', {
    authorization: { policies: ['team'] },
    config: { upstream: { url: 'http://127.0.0.1:9' } },
  });
  return yaml(workload('robot'), policy('team', { effect: 'ALLOW', condition: { match } }), api);
}

for (const workers of ['1', '2']) {
  test(`a Policy with a mistake that goes live shows in the metrics (--workers ${workers})`, async () => {
    const args = ['--workers', workers];
    const gateway = await GatewayProcess.start({ args, files: { 'all.yaml': resources('true') } });
    const errors = async () => /^ostiary_config_errors (\d+)$/m.exec((await gateway.admin('/metrics')).body)?.[1];
    assert.equal(await errors(), '0');
    assert.match(await gateway.write('all.yaml', resources('ctx.usr == 1')), /is live; 1 error above$/);
    assert.equal(await errors(), '1');
    assert.equal((await gateway.admin('/readyz')).status, 200);
    await gateway.write('all.yaml', resources('true'));
    await until('no error', async () => (await errors()) === '0');
  });
}
