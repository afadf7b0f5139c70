/** R24: what an upstream believes about users can be sent by no client, whatever else is wrong with the configuration. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FieldNames } from '../../src/base/field-names.ts';
import { canonicalHeaders } from '../../src/downstream/canonical/headers.ts';
import { requestTrailers } from '../../src/downstream/http2/trailers.ts';
import { GatewayProcess } from '../support/gateway-process.ts';
import { RecordingUpstream } from '../support/recording-upstream.ts';
import { open, service, yaml } from '../support/resources.ts';

const upstream = await RecordingUpstream.start('upstream');
const telling = (config: object) =>
  service('grafana', { config: { upstream: { url: upstream.url }, http: { identityAssertion: config } } });
const way = open('open', upstream.url);

test('a Service that has become broken still keeps its headers from clients of another one', async () => {
  const headers = { user: 'X-Webauth-User' };
  const gateway = await GatewayProcess.start({ files: { 'all.yaml': yaml(telling({ headers }), way) } });
  const spoof = { headers: { 'X-Webauth-User': 'admin', 'X-Kept': '1' } };
  const told = async () => {
    assert.equal((await gateway.ask('open', '/', spoof)).status, 200);
    assert.equal(upstream.last.headers['x-kept'], '1');
    return upstream.last.headers['x-webauth-user'];
  };
  assert.equal(await told(), undefined);
  await gateway.write('all.yaml', yaml(telling({ headers, lifetime: 'soon' }), way));
  assert.equal(await told(), undefined);
  await gateway.write('all.yaml', yaml(way));
  assert.equal(await told(), 'admin');
});

test('trailers are no way around', () => {
  const names = new FieldNames(['X-Webauth-User']);
  const raw = ['x-webauth-user', 'admin', 'x.webauth.user', 'admin', 'x_webauth_user', 'admin', 'x-kept', '1'];
  assert.deepEqual([...requestTrailers(raw, names)!], [['x-kept', '1']]);
});

test('a token or a proof after the body is for nobody', () => {
  const raw = ['x-ostiary-auth', 'ost_at_x', 'dpop', 'x', 'authorization', 'Bearer x', 'x-kept', '1'];
  assert.deepEqual([...requestTrailers(raw)!], [['x-kept', '1']]);
});

const DISGUISED = ['x.ostiary.user', 'x~ostiary~auth', 'x.forwarded.for', 'x`forwarded`user', 'x.real.ip'];
const MORE_DISGUISED = ['true.client.ip', 'x.request.id', 'x.original!url', 'x.http.method.override', 'x-envoy.peer'];

test('what only a gateway says is dropped in every spelling that upstreams may take for it', () => {
  for (const isTrusted of [false, true]) {
    const raw = [...DISGUISED, ...MORE_DISGUISED, 'x.kept'].flatMap((name) => [name, 'evil']);
    assert.deepEqual([...canonicalHeaders(raw, isTrusted)], [['x.kept', 'evil']]);
  }
});

test('a header that means something else cannot be made one that only we send', async () => {
  for (const name of [
    'Authorization',
    'Cookie',
    'Host',
    'Content-Type',
    'X_User',
    'x.user',
    'X-Ostiary-Auth',
    'Origin',
  ]) {
    const gateway = new GatewayProcess({ files: { 'all.yaml': yaml(telling({ header: name }), way) } });
    try {
      const { code, err } = await gateway.run(['validate', '-f', `${gateway.directory}/all.yaml`]);
      assert.equal(code, 1, `${name}: ${err}`);
    } finally {
      await gateway.stop('SIGKILL');
    }
  }
});
