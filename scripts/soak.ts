import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';

/**
 * The long form of the tests about load: reloads and drains, none of which may lose a request, kills, none of which may
 * lose a session, and slow clients, for which nobody else may wait. The last wants a machine that does nothing else.
 */
const FILES = ['soak', 'soak-peers', 'identity-crash', 'slow-clients'].map((name) => `test/e2e/${name}.test.ts`);

const { values } = parseArgs({
  options: {
    reloads: { type: 'string', default: '200' },
    drains: { type: 'string', default: '20' },
    slow: { type: 'string', default: '1000' },
    kills: { type: 'string', default: '60' },
    rounds: { type: 'string', default: '5' },
  },
});
const { reloads, drains, slow, kills, rounds } = values;
const env = { SOAK_RELOADS: reloads, SOAK_DRAINS: drains, SOAK_SLOW: slow, SOAK_KILLS: kills, SOAK_ROUNDS: rounds };
const flags = ['--test', '--test-reporter=spec', '--test-concurrency=1'];
const child = spawn(process.execPath, [...flags, ...FILES], {
  stdio: 'inherit',
  cwd: new URL('..', import.meta.url),
  env: { ...process.env, ...env },
});
const [code] = (await once(child, 'close')) as [number | null];
process.exitCode = code ?? 1;
