/**
 * Commits to a store and prints each generation after it was acknowledged.
 * Arguments: the module that connects, its address, a prefix for names, the number of commits.
 */
import { writeSync } from 'node:fs';
import type { Awaitable } from '../../../src/base/awaitable.ts';
import { AppError } from '../../../src/base/errors.ts';
import type { Change, Store } from '../../../src/store/store.ts';
import { group, secret } from './fixtures.ts';
import { sealedAs } from './harness.ts';

const [module = '', address = '', prefix = '', count = '0'] = process.argv.slice(2);
const { connect } = (await import(module)) as { connect(address: string): Awaitable<Store> };
const store = await connect(address);

for (let n = 0; n < Number(count); n++) {
  const name = `${prefix}-${n}`;
  writeSync(1, `${await commit(name)} ${name}\n`);
}
await store.close();

/** Expects the generation that it has just read, and tries again when another process was quicker. */
async function commit(name: string): Promise<number> {
  const changes: Change[] = [
    { op: 'put', resource: group(name) },
    { op: 'put', resource: secret(name), sealed: sealedAs(name) },
  ];
  for (;;) {
    try {
      return await store.resources.commit(changes, await store.resources.generation());
    } catch (error) {
      if (!(error instanceof AppError && error.code === 'conflict')) throw error;
    }
  }
}
