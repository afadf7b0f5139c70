import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { openIn, withDatabase } from './sqlite-support.ts';

describe('the database is refused', () => {
  it('when it, or a file of SQLite beside it, is a symbolic link', () => {
    for (const name of ['ostiary.db', 'ostiary.db-wal', 'ostiary.db-shm', 'ostiary.db-journal']) {
      const directory = temporaryDirectory();
      const elsewhere = join(temporaryDirectory(), 'target');
      writeFileSync(elsewhere, 'untouched');
      symlinkSync(elsewhere, join(directory, name));
      assert.throws(() => openIn(directory), { code: 'refused', message: /symbolic link/ }, name);
      assert.equal(readFileSync(elsewhere, 'utf8'), 'untouched');
    }
  });

  it('when it is a link to nowhere', () => {
    const directory = temporaryDirectory();
    const elsewhere = join(temporaryDirectory(), 'nowhere');
    symlinkSync(elsewhere, join(directory, 'ostiary.db'));
    assert.throws(() => openIn(directory), { code: 'refused', message: /symbolic link/ });
    assert.equal(statSync(elsewhere, { throwIfNoEntry: false }), undefined);
  });

  it('when its directory is a symbolic link', () => {
    const link = join(temporaryDirectory(), 'link');
    symlinkSync(temporaryDirectory(), link);
    assert.throws(() => openIn(link), { code: 'refused', message: /symbolic link/ });
  });

  it('when others can write its directory or one above it', () => {
    const above = temporaryDirectory();
    const directory = join(above, 'data');
    mkdirSync(directory, { mode: 0o700 });
    chmodSync(directory, 0o720);
    assert.throws(() => openIn(directory), { code: 'refused', message: /chmod 700/ });
    chmodSync(directory, 0o700);
    chmodSync(above, 0o777);
    assert.throws(() => openIn(directory), { code: 'refused', message: /chmod o-w/ });
    // As in /tmp: with the sticky bit nobody can swap others' directories.
    chmodSync(above, 0o1777);
    openIn(directory).close();
  });

  it('when a directory has its name', () => {
    const directory = temporaryDirectory();
    mkdirSync(join(directory, 'ostiary.db'));
    assert.throws(() => openIn(directory), { code: 'unavailable', message: /EISDIR/ });
  });

  it('when it is no database', () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'ostiary.db'), 'some other file that is long enough to be looked at by SQLite');
    assert.throws(() => openIn(directory), { code: 'unavailable' });
  });

  it('when a newer release has used it, and then it stays as it is', () => {
    const directory = temporaryDirectory();
    openIn(directory).close();
    withDatabase(directory, (database) => database.exec('PRAGMA user_version = 99'));
    assert.throws(() => openIn(directory), { code: 'refused', message: /schema version 99/ });
    withDatabase(directory, (database) =>
      assert.deepEqual({ ...database.prepare('PRAGMA user_version').get() }, { user_version: 99 }),
    );
  });
});
