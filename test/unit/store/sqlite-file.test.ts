import assert from 'node:assert/strict';
import { chmodSync, readdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { SecretValue } from '../../../src/base/secret-value.ts';
import { seal } from '../../../src/secrets/seal.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { openIn, ring, withDatabase } from './sqlite-support.ts';

const MARKER = 'marker-51c0-secret-value';
const modeOf = (path: string) => statSync(path).mode & 0o777;

describe('the database file', () => {
  it('and what SQLite puts beside it can be read by the owner alone', () => {
    const directory = join(temporaryDirectory(), 'data');
    const store = openIn(directory);
    store.resources.commit([]);
    assert.equal(modeOf(directory), 0o700);
    assert.deepEqual(readdirSync(directory), ['ostiary.db', 'ostiary.db-shm', 'ostiary.db-wal']);
    for (const name of readdirSync(directory)) assert.equal(modeOf(join(directory, name)), 0o600, name);
    store.close();
  });

  it('is closed to others when it was put back with another mode', () => {
    const directory = temporaryDirectory();
    openIn(directory).close();
    chmodSync(join(directory, 'ostiary.db'), 0o644);
    openIn(directory).close();
    assert.equal(modeOf(join(directory, 'ostiary.db')), 0o600);
  });

  it('never holds a secret value in the open, nor a configuration text', () => {
    const directory = temporaryDirectory();
    const store = openIn(directory);
    const sealed = seal(ring, 'visible-name', new SecretValue(MARKER));
    const resource = { kind: 'Secret' as const, metadata: { name: 'visible-name' }, spec: {} };
    store.resources.commit([{ op: 'put', resource, sealed }]);
    store.lastGood.put('visible.yaml', `kind: Secret\ndata: {value: ${MARKER}}`);
    assertSealed(directory);
    store.close();
    assertSealed(directory);
  });

  it('does not keep the sealed value of a Secret that was deleted', () => {
    const directory = temporaryDirectory();
    const store = openIn(directory);
    const values = ['a', 'b', 'c'].map((name) => seal(ring, name, new SecretValue('value')));
    for (const sealed of values) {
      const resource = { kind: 'Secret' as const, metadata: { name: sealed.name }, spec: {} };
      store.resources.commit([{ op: 'put', resource, sealed }]);
    }
    store.resources.commit([{ op: 'delete', kind: 'Secret', name: 'b' }]);
    store.close();
    const content = contentOf(directory);
    assert.deepEqual(
      values.map(({ wrappedKey, ciphertext }) => [content.includes(wrappedKey), content.includes(ciphertext)]),
      [
        [true, true],
        [false, false],
        [true, true],
      ],
    );
  });
});

describe('a damaged row', () => {
  it('is an error of ours that does not quote it', () => {
    const directory = temporaryDirectory();
    const store = openIn(directory);
    store.resources.commit([{ op: 'put', resource: { kind: 'Group', metadata: { name: 'dev' }, spec: {} } }]);
    withDatabase(directory, (database) => database.exec(`UPDATE resources SET json = 'x${MARKER}'`));
    assert.throws(
      () => store.resources.get('Group', 'dev'),
      (error: Error) => /Group "dev" is damaged/.test(error.message) && !error.message.includes(MARKER),
    );
    store.close();
  });

  it('of the last good texts does not open when it was moved to another file', () => {
    const directory = temporaryDirectory();
    const store = openIn(directory);
    store.lastGood.put('a.yaml', 'text');
    withDatabase(directory, (database) => database.exec(`UPDATE last_good SET file = 'b.yaml'`));
    assert.throws(() => store.lastGood.get('b.yaml'), { code: 'refused' });
    store.close();
  });
});

describe('a store that was closed', () => {
  it('gives an error of ours instead of answers, and may be closed again', () => {
    const store = openIn(temporaryDirectory());
    store.close();
    store.close();
    assert.throws(() => store.resources.list(), { code: 'unavailable' });
    assert.throws(() => store.resources.commit([]), { code: 'unavailable' });
  });

  it('opens after its directory was moved', () => {
    const above = temporaryDirectory();
    const store = openIn(join(above, 'old'));
    store.resources.commit([]);
    store.close();
    renameSync(join(above, 'old'), join(above, 'new'));
    const moved = openIn(join(above, 'new'));
    assert.equal(moved.resources.generation(), 1);
    moved.close();
  });
});

/** The name is looked for too, to show that the search would find something. */
function assertSealed(directory: string): void {
  const content = contentOf(directory);
  assert.ok(content.includes('visible-name'));
  assert.ok(content.includes('visible.yaml'));
  assert.ok(!content.includes(MARKER));
  assert.ok(!content.includes('kind: Secret'));
}

function contentOf(directory: string): Buffer {
  return Buffer.concat(readdirSync(directory).map((name) => readFileSync(join(directory, name))));
}
