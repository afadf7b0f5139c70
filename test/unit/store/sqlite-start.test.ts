import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { connect } from '../../conformance/store/sqlite-connect.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const conformance = new URL('../../conformance/store/', import.meta.url);

describe('several processes that start on an empty data directory', () => {
  it('make one database and one key ring, and all can write', async () => {
    for (let round = 0; round < 3; round++) {
      const directory = join(temporaryDirectory(), 'data');
      await Promise.all(['a', 'b', 'c', 'd'].map((prefix) => commitOnce(directory, prefix)));
      const store = connect(directory);
      assert.equal(store.resources.generation(), 4);
      store.close();
    }
  });
});

async function commitOnce(directory: string, prefix: string): Promise<void> {
  const script = fileURLToPath(new URL('committing-child.ts', conformance));
  const argv = [script, new URL('sqlite-connect.ts', conformance).href, directory, prefix, '1'];
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'ignore', 'inherit'] });
  assert.deepEqual(await once(child, 'close'), [0, null]);
}
