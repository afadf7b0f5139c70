import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GatewayProcess } from '../../support/gateway-process.ts';
import { mistakesIn } from '../../support/mistakes.ts';
import { RecordingUpstream } from '../../support/recording-upstream.ts';
import { open, service, yaml } from '../../support/resources.ts';

const upstream = await RecordingUpstream.start('upstream');
const plugin = (config: object, more: object = {}) => ({
  name: 'one',
  phase: 'PRE_AUTH',
  condition: { matchAny: true },
  ipRestriction: config,
  ...more,
});
const restricted = (name: string, config: object, more: object = {}) =>
  open(name, upstream.url, {}, { plugins: [plugin(config, more)] });

/** Who connects from this machine is a proxy. */
const PROXIED = {
  kind: 'ClusterConfig',
  metadata: { name: 'default' },
  spec: { ingress: { trustedProxies: ['127.0.0.1'] } },
};

const gateway = await GatewayProcess.start({
  files: {
    'services.yaml': yaml(
      PROXIED,
      restricted('some', { allow: ['192.0.2.0/24', '2001:db8::/32'], deny: ['192.0.2.66', '2001:db8:bad::/48'] }),
      restricted('most', { deny: ['192.0.2.0/24'] }),
      restricted('nobody', { allow: [] }),
      restricted('later', { allow: ['192.0.2.1'] }, { phase: 'POST_AUTH' }),
      restricted('own', { allow: ['192.0.2.1'], statusCode: 404, body: { inline: 'nothing here' } }),
      service('guarded', {
        config: { upstream: { url: upstream.url }, http: { plugins: [plugin({ allow: ['192.0.2.1'] })] } },
      }),
    ),
  },
});

const from = (name: string, address: string, headers: object = {}) =>
  gateway.ask(name, '/', { headers: { 'x-forwarded-for': address, ...headers } });

const CASES: readonly (readonly [name: string, address: string, isLetIn: boolean])[] = [
  ['some', '192.0.2.1', true],
  ['some', '192.0.2.255', true],
  ['some', '192.0.3.0', false],
  ['some', '192.0.2.66', false],
  ['some', '::ffff:192.0.2.1', true],
  ['some', '::ffff:192.0.2.66', false],
  ['some', '::ffff:c000:242', false],
  ['some', '0:0:0:0:0:FFFF:C000:0242', false],
  ['some', '2001:db8::1', true],
  ['some', '2001:DB8:0:0:0:0:0:1', true],
  ['some', '2001:db8:bad::1', false],
  ['some', '2001:0db8:0bad:0000::1', false],
  ['some', '2001:db9::1', false],
  ['some', '127.0.0.1', false],
  ['most', '192.0.3.1', true],
  ['most', '::1', true],
  ['most', '192.0.2.1', false],
  ['most', '::ffff:c000:0201', false],
  ['nobody', '192.0.2.1', false],
  ['later', '192.0.2.1', true],
  ['later', '192.0.2.2', false],
];

for (const [name, address, isLetIn] of CASES) {
  test(`${name}: ${address} is ${isLetIn ? 'let in' : 'refused'}`, async () => {
    const { status, reason } = await from(name, address);
    assert.deepEqual([status, reason], isLetIn ? [200, null] : [403, 'address-refused']);
  });
}

test('an address that the client made up does not count, nor one in another header', async () => {
  assert.equal((await from('some', '192.0.2.1, 198.51.100.1')).status, 403);
  const said = { 'x-real-ip': '192.0.2.1', forwarded: 'for=192.0.2.1', 'true-client-ip': '192.0.2.1' };
  assert.equal((await from('some', '198.51.100.1', said)).status, 403);
  assert.equal((await gateway.ask('some', '/', { headers: said })).status, 403);
});

test('before authorization a stranger is not asked to sign in', async () => {
  assert.equal((await from('guarded', '198.51.100.1')).status, 403);
  assert.equal((await from('guarded', '192.0.2.1')).status, 401);
});

test('its own answer takes the place of the refusal', async () => {
  const { status, body } = await from('own', '198.51.100.1');
  assert.deepEqual([status, body], [404, 'nothing here']);
});

for (const [config, message] of [
  [{}, /allow or deny is needed/],
  [{ deny: [] }, /allow or deny is needed/],
  [{ allow: ['192.0.2.0/33'] }, /not an address or a CIDR block/],
  [{ deny: ['192.0.2'] }, /not an address or a CIDR block/],
  [{ deny: ['a.example'] }, /not an address or a CIDR block/],
  [{ deny: ['192.0.2.1'], statusCode: 200 }, /statusCode/],
] as const) {
  test(`is refused with its place: ${JSON.stringify(config)}`, async () => {
    const said = await mistakesIn(yaml(restricted('wrong', config)));
    assert.match(said, message);
    assert.match(said, /services\.yaml:\d+:\d+/);
  });
}
