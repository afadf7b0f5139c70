import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { GeoDatabase } from '../../../src/plugins/geo/database.ts';
import { plugin } from '../../../src/plugins/geo/geo.ts';
import { GeoLookup } from '../../../src/plugins/geo/lookup.ts';
import { UnreadGeo } from '../../../src/plugins/geo/place.ts';
import type { GeoRules } from '../../../src/plugins/geo/schema.ts';
import { country, encode, MmdbPointer, mmdb, network } from '../../support/mmdb.ts';
import { deps } from './support.ts';

const PLACES = {
  '81.2.69.0/24': country('GB', 'EU', 'Londön'),
  '2.125.160.216/29': country('GB', 'EU'),
  '89.160.20.112/28': country('SE', 'EU', 'Linköping'),
  '2001:db8:1::/48': country('DE', 'EU'),
  '203.0.113.0/24': { continent: { code: 'OC' } },
  '198.51.100.0/24': { country: { iso_code: 7 }, continent: 'EU', city: [] },
};
const bytes = mmdb(PLACES);
const lookup = () =>
  new GeoLookup({
    places: new GeoDatabase(bytes),
    networks: new GeoDatabase(mmdb({ '81.2.69.0/24': network(64_496) }, { ipVersion: 4 })),
  });

const nothing = { country: null, continent: null, city: null, asn: null };

for (const [address, expected] of [
  ['81.2.69.142', { country: 'GB', continent: 'EU', city: 'Londön', asn: 64_496 }],
  ['::ffff:81.2.69.142', { country: 'GB', continent: 'EU', city: 'Londön', asn: 64_496 }],
  ['::ffff:5102:458e', { country: 'GB', continent: 'EU', city: 'Londön', asn: 64_496 }],
  ['0:0:0:0:0:FFFF:5102:458E', { country: 'GB', continent: 'EU', city: 'Londön', asn: 64_496 }],
  ['2.125.160.217', { country: 'GB', continent: 'EU' }],
  ['2.125.160.224', {}],
  ['2001:db8:1::7', { country: 'DE', continent: 'EU' }],
  ['2001:0DB8:0001::7', { country: 'DE', continent: 'EU' }],
  ['2001:db8:2::7', {}],
  ['fe80::1%eth0', {}],
  ['127.0.0.1', {}],
  ['10.1.2.3', {}],
  ['203.0.113.9', { continent: 'OC' }],
  ['198.51.100.1', {}],
  ['unix:', {}],
  ['', {}],
] as const) {
  test(`${address} is ${JSON.stringify(expected)}`, () => {
    const geo = lookup();
    assert.deepEqual(geo.placeOf(address), { ...nothing, ...expected });
    assert.equal(geo.placeOf(address), geo.placeOf(address), 'it is remembered');
  });
}

test('a newer database is asked at once', () => {
  const geo = lookup();
  assert.equal(geo.placeOf('81.2.69.1').country, 'GB');
  geo.replace('places', new GeoDatabase(mmdb({ '81.2.69.0/24': country('FR', 'EU') })));
  assert.deepEqual(geo.placeOf('81.2.69.1'), { ...nothing, country: 'FR', continent: 'EU', asn: 64_496 });
});

test('as long as a file could not be read, nobody is anywhere', () => {
  const geo = new GeoLookup({ places: null });
  assert.deepEqual([geo.has('places'), geo.has('networks')], [true, false]);
  assert.throws(() => geo.placeOf('81.2.69.1'), /could not be read yet/);
});

describe('what is no whole database is refused', () => {
  const marker = bytes.lastIndexOf('MaxMind.com');
  for (const [what, wrong] of [
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from('no database')],
    ['the first half', bytes.subarray(0, bytes.byteLength >> 1)],
    ['no metadata behind the marker', bytes.subarray(0, marker + 11)],
    ['half of the metadata', bytes.subarray(0, marker + 30)],
    ['metadata alone', bytes.subarray(marker - 3)],
    ['another version', mmdb(PLACES, { metadata: { binary_format_major_version: 3 } })],
    ['another kind of address', mmdb(PLACES, { metadata: { ip_version: 5 } })],
    ['a size of records that nobody has', mmdb(PLACES, { metadata: { record_size: 20 } })],
    ['no nodes', mmdb(PLACES, { metadata: { node_count: 0 } })],
    ['more nodes than there are', mmdb(PLACES, { metadata: { node_count: 4_000_000_000 } })],
    ['a text for a number', mmdb(PLACES, { metadata: { node_count: 'many' } })],
    ['metadata that points at itself', Buffer.concat([bytes.subarray(0, marker + 11), encode(new MmdbPointer(0))])],
  ] as const) {
    test(what, () => assert.throws(() => new GeoDatabase(wrong), { name: 'AppError' }));
  }
});

describe('a record that cannot be read is an error, and ends', () => {
  const circle = { a: new MmdbPointer(0), b: new MmdbPointer(0) };
  const own = mmdb({ '81.2.69.0/24': country('GB', 'EU') });
  const cut = Buffer.concat([
    own.subarray(0, own.lastIndexOf('MaxMind.com') - 20),
    own.subarray(own.lastIndexOf('MaxMind.com') - 3),
  ]);
  for (const [what, wrong] of [
    ['a pointer to itself', mmdb({ '81.2.69.0/24': new MmdbPointer(0) })],
    ['a circle that doubles', mmdb({ '81.2.69.0/24': circle })],
    ['a pointer out of the file', mmdb({ '81.2.69.0/24': new MmdbPointer(4_000_000_000) })],
    ['data that is cut off', cut],
  ] as const) {
    test(what, () => {
      const geo = new GeoLookup({ places: new GeoDatabase(wrong) });
      assert.throws(() => geo.placeOf('81.2.69.1'));
      assert.deepEqual(geo.placeOf('8.8.8.8'), nothing);
    });
  }
});

test('names that JavaScript gives a meaning are data', () => {
  const own = JSON.parse('{"__proto__": {"country": {"iso_code": "DE"}}}');
  const geo = new GeoLookup({ places: new GeoDatabase(mmdb({ '81.2.69.0/24': own })) });
  assert.deepEqual(geo.placeOf('81.2.69.1'), nothing);
});

test('whatever bytes are changed, look-ups end', () => {
  for (let at = 0; at < bytes.byteLength; at += 7) {
    const changed = Buffer.from(bytes);
    changed[at] = changed[at]! ^ 0xff;
    try {
      new GeoLookup({ places: new GeoDatabase(changed) }).placeOf('81.2.69.142');
    } catch (thrown) {
      assert.ok(thrown instanceof Error);
    }
  }
});

test('what no database of the gateway answers is a mistake', () => {
  const mistakes = (config: GeoRules, geo: UnreadGeo | null) => {
    const told: string[] = [];
    plugin.create(config, { ...deps, geo, mistake: (path, _, hint) => void told.push(`${path.join('.')}: ${hint}`) });
    return told;
  };
  const countries = { allow: { countries: ['DE'] } };
  const networks = { deny: { asns: [64_496] }, requestHeaders: { asn: 'X-Asn', country: 'X-Country' } };
  assert.deepEqual(mistakes(countries, null), ['allow.countries: start it with --geoip-database FILE']);
  assert.deepEqual(mistakes(countries, new UnreadGeo(['places'])), []);
  assert.deepEqual(mistakes(networks, new UnreadGeo(['places'])), [
    'requestHeaders.asn: start it with --geoip-asn-database FILE',
    'deny.asns: start it with --geoip-asn-database FILE',
  ]);
});
