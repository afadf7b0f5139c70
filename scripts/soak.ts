import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** The long form of `test/e2e/soak.test.ts`: 200 reloads and 20 drains under load, none of which may lose a request. */
const [reloads = '200', drains = '20'] = process.argv.slice(2);
const child = spawn(process.execPath, ['--test', '--test-reporter=spec', 'test/e2e/soak.test.ts'], {
  stdio: 'inherit',
  cwd: new URL('..', import.meta.url),
  env: { ...process.env, SOAK_RELOADS: reloads, SOAK_DRAINS: drains },
});
const [code] = (await once(child, 'close')) as [number | null];
process.exitCode = code ?? 1;
