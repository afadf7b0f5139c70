import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { GatewayProcess } from '../support/gateway-process.ts';
import { RecordingUpstream } from '../support/recording-upstream.ts';
import { type Document, service, yaml } from '../support/resources.ts';

const skip = spawnSync('opa', ['version']).status === 0 ? false : 'THE opa PROGRAM IS NOT HERE';
const upstream = await RecordingUpstream.start('rego');

const METHODS = `package octelium.condition

match if {
  input.ctx.request.http.method == input.attrs.method
  startswith(input.ctx.request.http.path, "/open")
}

match if input.ctx.request.http.headers["x-token"] == "yes"

match if time.parse_rfc3339_ns(input.ctx.request.http.headers["x-since"]) > 0

match if to_number(input.ctx.request.http.headers["x-count"]) > 3

match if replace("a", input.ctx.request.http.headers["x-old"], "b") == "bab"
`;

/** An anonymous Service that only this module opens. */
function guarded(name: string, inline: string): Document {
  const rules = [{ effect: 'ALLOW', condition: { opa: { inline } } }];
  const inlinePolicies = [{ name: 'rego', spec: { attrs: { method: 'GET' }, rules } }];
  const authorization = { enableAnonymous: true, inlinePolicies };
  return service(name, { isAnonymous: true, authorization, config: { upstream: { url: upstream.url } } });
}

async function assertDecides(gateway: GatewayProcess): Promise<void> {
  assert.equal((await gateway.ask('api', '/open/1')).status, 200);
  assert.equal((await gateway.ask('api', '/closed')).reason, 'no-policy-match');
  assert.equal((await gateway.ask('api', '/closed', { headers: { 'x-token': 'yes' } })).status, 200);
  assert.equal((await gateway.ask('api', '/closed', { headers: { 'x-since': 'soon' } })).reason, 'policy-error');
  assert.equal((await gateway.ask('api', '/closed', { headers: { 'x-count': '4' } })).status, 200);
  assert.equal((await gateway.ask('api', '/closed', { headers: { 'x-count': 'many' } })).reason, 'policy-error');
  assert.equal((await gateway.ask('api', '/closed', { headers: { 'x-old': '' } })).status, 200, "OPA's own never ends");
}

for (const workers of ['1', '2']) {
  test(`Rego in a policy decides, and starts again without the program, workers: ${workers}`, { skip }, async () => {
    const files = { 'a.yaml': yaml(guarded('api', METHODS)) };
    const gateway = await GatewayProcess.start({ files, args: ['--workers', workers] });
    await assertDecides(gateway);
    assert.equal(readdirSync(join(gateway.data, 'rego')).length, 1);
    await gateway.stop();
    const again = await gateway.again({ env: { OSTIARY_OPA: '/nowhere/opa' } });
    await assertDecides(again);
  });
}

test('Rego that cannot be compiled here denies, and says what is missing', async () => {
  const files = { 'a.yaml': yaml(guarded('api', METHODS)) };
  const gateway = await GatewayProcess.start({ files, args: ['--opa', '/nowhere/opa'] });
  assert.equal((await gateway.ask('api', '/open/1')).status, 503);
  assert.match(gateway.stderr, /opa\.inline: Rego needs the opa program to be compiled: .* set OSTIARY_OPA or --opa/);
});
