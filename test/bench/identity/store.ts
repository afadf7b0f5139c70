import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { IdentityStore } from '../../../identity/ports.ts';
import type { User } from '../../../src/model/index.ts';
import { openSqliteStore } from '../../../src/store/sqlite/open.ts';

/** Configuration texts are not what is measured. */
const NO_TEXTS = {
  seal: (): never => {
    throw new Error('nothing is sealed here');
  },
  open: (): never => {
    throw new Error('nothing is opened here');
  },
};

/** The store of the product in a file, with everything that makes its commits durable. */
export function openStore(directory: string): IdentityStore {
  const data = join(directory, 'data');
  mkdirSync(data, { mode: 0o700, recursive: true });
  return openSqliteStore(join(data, 'store.sqlite'), { texts: NO_TEXTS }).identity;
}

export function people(count: number): User[] {
  return Array.from({ length: count }, (_, i): User => {
    const name = `person-${i}`;
    return {
      kind: 'User',
      metadata: { name },
      spec: { type: 'HUMAN', email: `${name}@example.com`, groups: ['prod'] },
    };
  });
}
