import assert from 'node:assert/strict';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { ScriptReply } from '../../../src/plugins/script/host.ts';
import { ScriptPool } from '../../../src/scripts/pool.ts';
import { ScriptShelf } from '../../../src/scripts/shelf.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const FIXTURE = join(import.meta.dirname, '../../fixtures/scripts/hostile');

async function poolOf(directory: string): Promise<ScriptPool> {
  cpSync(FIXTURE, join(directory, 'hostile'), { recursive: true });
  const { versions } = await new ScriptShelf([directory]).look();
  const pool = new ScriptPool(versions[0]!, () => {});
  after(() => pool.close());
  return pool;
}

function ask(pool: ScriptPool, path: string, query = ''): Promise<ScriptReply> {
  return pool.call({ hook: 'onRequest', subject: { path, query }, context: {}, config: '{}' });
}

test('a thousand calls may be under way, and more are not begun; closing ends them all', async () => {
  const pool = await poolOf(temporaryDirectory());
  const replies = Array.from({ length: 1_100 }, () => ask(pool, '/never'));
  const full = await Promise.all(replies.slice(1_000));
  assert.deepEqual(full[0], { kind: 'busy', because: '1000 calls are under way' });
  assert.ok(full.every(({ kind }) => kind === 'busy'));
  pool.close();
  assert.deepEqual(await replies[0], { kind: 'busy', because: 'the gateway stops' });
  assert.equal((await ask(pool, '/wait', '1')).kind, 'busy');
});

test('a thread that is started again runs what was loaded, whatever has become of the files', async () => {
  const directory = temporaryDirectory();
  const pool = await poolOf(directory);
  assert.equal((await ask(pool, '/wait', '1')).kind, 'given');
  rmSync(join(directory, 'hostile'), { recursive: true });
  assert.deepEqual(await ask(pool, '/exit'), { kind: 'failed', because: 'it ended its thread (exit code 0)' });
  assert.deepEqual(await ask(pool, '/wait', '2'), { kind: 'given', value: { headers: { 'x-waited': '2' } } });
});

test('a version that was replaced still answers', async () => {
  const pool = await poolOf(temporaryDirectory());
  pool.retire();
  assert.equal((await ask(pool, '/wait', '1')).kind, 'given');
});
