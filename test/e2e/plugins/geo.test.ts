import assert from 'node:assert/strict';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { GatewayProcess } from '../../support/gateway-process.ts';
import { mistakesIn } from '../../support/mistakes.ts';
import { country, MmdbPointer, mmdb, network } from '../../support/mmdb.ts';
import { RecordingUpstream } from '../../support/recording-upstream.ts';
import { open, yaml } from '../../support/resources.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { until } from '../../support/until.ts';

const upstream = await RecordingUpstream.start('upstream');
const located = (name: string, geo: object, more: object = {}) =>
  open(name, upstream.url, {}, { plugins: [{ name: 'one', condition: { matchAny: true }, geo, ...more }] });

/** Who connects from this machine is a proxy. */
const PROXIED = {
  kind: 'ClusterConfig',
  metadata: { name: 'default' },
  spec: { ingress: { trustedProxies: ['127.0.0.1'] } },
};
const NORTH = { countries: ['SE', 'NO'], continents: ['AN'] };

const places = (code: string) =>
  mmdb({
    '192.0.2.0/24': country(code, 'EU', 'Linköping'),
    '198.51.100.0/24': country('US', 'NA'),
    '203.0.113.0/24': new MmdbPointer(0xffff_ff00),
    '2001:db8::/32': country('AQ', 'AN'),
  });

const directory = temporaryDirectory();
const file = join(directory, 'places.mmdb');
writeFileSync(file, places('SE'));
writeFileSync(join(directory, 'networks.mmdb'), mmdb({ '198.51.100.0/25': network(64_496) }));

const gateway = await GatewayProcess.start({
  args: ['--geoip-database', file],
  env: { OSTIARY_GEOIP_ASN_DATABASE: join(directory, 'networks.mmdb') },
  files: {
    'services.yaml': yaml(
      PROXIED,
      located('north', { allow: NORTH }),
      located('early', { allow: NORTH }, { phase: 'PRE_AUTH' }),
      located('most', { deny: NORTH }),
      located('known', { deny: NORTH, unknownAddresses: 'REFUSE' }),
      located('anybody', { allow: NORTH, unknownAddresses: 'ALLOW_ALTHOUGH_NOBODY_KNOWS_WHERE_THEY_ARE' }),
      located('both', { allow: { continents: ['NA', 'EU'] }, deny: { asns: [64_496], countries: ['SE'] } }),
      located('own', { allow: NORTH, statusCode: 404, body: { inline: 'nothing here' } }),
      located('telling', { requestHeaders: { country: 'X-Country', city: 'X-City', asn: 'X-Asn' } }),
      located(
        'sometimes',
        { requestHeaders: { country: 'X-Country' } },
        { condition: { match: 'ctx.request.http.path == "/told"' } },
      ),
    ),
  },
});

const from = (name: string, address: string, headers: object = {}, path = '/') =>
  gateway.ask(name, path, { headers: { 'x-forwarded-for': address, ...headers } });

const CASES: readonly (readonly [name: string, address: string, isLetIn: boolean])[] = [
  ['north', '192.0.2.1', true],
  ['north', '::ffff:192.0.2.1', true],
  ['north', '::ffff:c000:201', true],
  ['north', '2001:db8::1', true],
  ['north', '198.51.100.1', false],
  ['north', '10.0.0.1', false],
  ['north', '::1', false],
  ['early', '192.0.2.1', true],
  ['early', '198.51.100.1', false],
  ['most', '192.0.2.1', false],
  ['most', '::ffff:c000:201', false],
  ['most', '198.51.100.1', true],
  ['most', '10.0.0.1', true],
  ['known', '198.51.100.1', true],
  ['known', '10.0.0.1', false],
  ['anybody', '10.0.0.1', true],
  ['anybody', '198.51.100.1', false],
  ['both', '192.0.2.1', false],
  ['both', '198.51.100.1', false],
  ['both', '198.51.100.200', true],
  ['both', '10.0.0.1', false],
];

for (const [name, address, isLetIn] of CASES) {
  test(`${name}: ${address} is ${isLetIn ? 'let in' : 'refused'}`, async () => {
    const { status, reason } = await from(name, address);
    assert.deepEqual([status, reason], isLetIn ? [200, null] : [403, 'address-refused']);
  });
}

test('an address that the client made up does not count', async () => {
  assert.equal((await from('north', '192.0.2.1, 198.51.100.1')).status, 403);
  assert.equal((await from('north', '198.51.100.1', { 'x-real-ip': '192.0.2.1' })).status, 403);
});

test('its own answer takes the place of the refusal', async () => {
  const { status, body } = await from('own', '198.51.100.1');
  assert.deepEqual([status, body], [404, 'nothing here']);
});

test('a record that cannot be read refuses, also where there are no lists of who is let in', async () => {
  for (const name of ['north', 'most', 'anybody', 'telling']) {
    assert.equal((await from(name, '203.0.113.1')).reason, 'plugin-error', name);
  }
});

const SPELLINGS = { 'x-country': ['XX', 'YY'], 'x.country': 'XX', 'X-City': 'Nowhere', 'x-asn': '1' };
const told = () =>
  Object.entries(upstream.last.headers)
    .filter(([name]) => /^x.(country|city|asn)$/.test(name))
    .map(([name, value]) => `${name}=${Buffer.from(String(value), 'latin1')}`)
    .sort();

test('the upstream is told what is known, and by nobody else', async () => {
  await from('telling', '192.0.2.1', SPELLINGS);
  assert.deepEqual(told(), ['x-city=Linköping', 'x-country=SE']);
  await from('telling', '198.51.100.1', SPELLINGS);
  assert.deepEqual(told(), ['x-asn=64496', 'x-country=US']);
  await from('telling', '10.0.0.1', SPELLINGS);
  assert.deepEqual(told(), []);
});

test('where the condition does not match, clients do not tell it either', async () => {
  await from('sometimes', '192.0.2.1', { 'x-country': 'XX', 'x.country': 'XX' }, '/told');
  assert.deepEqual(told(), ['x-country=SE']);
  await from('sometimes', '192.0.2.1', { 'x-country': 'XX', 'x.country': 'XX' }, '/else');
  assert.deepEqual(told(), []);
});

test('a newer file counts without a restart, and a broken one changes nothing', { timeout: 20_000 }, async () => {
  const put = (bytes: Buffer) => {
    writeFileSync(join(directory, 'next'), bytes);
    renameSync(join(directory, 'next'), file);
  };
  const isRefused = async () => (await from('north', '192.0.2.1')).status === 403;
  put(places('SE').subarray(0, 300));
  await until('a word about the broken file', () => /places\.mmdb: .*of before stays/.test(gateway.stderr));
  assert.equal(await isRefused(), false);
  put(places('FI'));
  while (!(await isRefused())) await sleep(20);
});

test('a gateway does not start with a file that is no database', async () => {
  writeFileSync(join(directory, 'text.mmdb'), 'no database');
  const broken = new GatewayProcess({ args: ['--geoip-database', join(directory, 'text.mmdb')] });
  assert.equal(await broken.stop('SIGCONT'), 1);
  assert.match(broken.stderr, /text\.mmdb: this is no MaxMind database/);
});

for (const [config, message] of [
  [{}, /allow, deny or requestHeaders is needed/],
  [{ allow: {} }, /one of countries, continents, asns is needed/],
  [{ allow: { countries: ['de'] } }, /write DE/],
  [{ allow: { countries: ['UK'] } }, /did you mean GB/],
  [{ allow: { countries: ['ZZ'] } }, /no country of ISO 3166-1/],
  [{ deny: { continents: ['XX'] } }, /AF/],
  [{ deny: { asns: [0] } }, /asns/],
  [{ unknownAddresses: 'REFUSE', requestHeaders: { country: 'X-Country' } }, /there is neither/],
  [{ requestHeaders: { country: 'X-Forwarded-For' } }, /says what the gateway knows/],
  [{ requestHeaders: { city: 'Cookie' } }, /carries identity/],
] as const) {
  test(`is refused with its place: ${JSON.stringify(config)}`, async () => {
    const said = await mistakesIn(yaml(located('wrong', config)));
    assert.match(said, message);
    assert.match(said, /services\.yaml:\d+:\d+/);
  });
}

test('what the upstream sees is not changed before authorization', async () => {
  const early = located('wrong', { requestHeaders: { country: 'X-Country' } }, { phase: 'PRE_AUTH' });
  assert.match(await mistakesIn(yaml(early)), /leave phase out/);
});
