import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type GeoParts, openGeo } from '../../../src/main/geo.ts';
import { country, mmdb } from '../../support/mmdb.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const directory = temporaryDirectory();
const good = join(directory, 'good.mmdb');
const broken = join(directory, 'broken.mmdb');
writeFileSync(good, mmdb({ '192.0.2.0/24': country('SE', 'EU') }));
writeFileSync(broken, 'no database');

async function opened(geoipDatabase: string | null, role: GeoParts['role']) {
  const said: string[] = [];
  await using stack = new AsyncDisposableStack();
  const warn = (message: string) => void said.push(message);
  return { geo: openGeo({ install: { geoipDatabase, geoipAsnDatabase: null }, role, warn }, stack), said };
}

test('without files there is nothing', async () => assert.equal((await opened(null, 'alone')).geo, null));

test('who serves looks up, who judges only knows what there is', async () => {
  const { geo } = await opened(good, 'alone');
  assert.equal(geo?.placeOf('192.0.2.1').country, 'SE');
  const judging = (await opened(good, 'judge')).geo;
  assert.deepEqual([judging?.has('places'), judging?.has('networks')], [true, false]);
  assert.throws(() => judging?.placeOf('192.0.2.1'), /not read here/);
});

test('a broken or missing file stops the start of the gateway, and of no worker', async () => {
  for (const role of ['alone', 'judge'] as const) {
    await assert.rejects(opened(broken, role), /broken\.mmdb: this is no MaxMind database/);
    await assert.rejects(opened(join(directory, 'none'), role), /none: there is no such file/);
  }
  const { geo, said } = await opened(broken, 'worker');
  assert.match(said.join(), /broken\.mmdb: this is no MaxMind database/);
  assert.throws(() => geo?.placeOf('192.0.2.1'), /could not be read yet/);
});
