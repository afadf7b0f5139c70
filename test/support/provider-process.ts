import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { after } from 'node:test';
import type { InnerAccount } from '../../src/dev/inner-provider.ts';
import { startTestProvider } from './oidc-provider.ts';

interface Wanted {
  readonly redirectUris: readonly string[];
  readonly accounts: readonly InnerAccount[];
}

/** The test provider as a process of its own, which outlives every gateway that is killed. */
export async function startProviderProcess(wanted: Wanted): Promise<{ readonly issuer: string }> {
  const child: ChildProcess = fork(import.meta.filename, [], { execArgv: [] });
  after(() => child.kill('SIGKILL'));
  child.send(wanted);
  const [issuer] = (await once(child, 'message')) as [string];
  return { issuer };
}

if (import.meta.main && process.send !== undefined) {
  const [{ redirectUris, accounts }] = (await once(process, 'message')) as [Wanted];
  const { issuer } = await startTestProvider(redirectUris, { accounts });
  process.send(issuer);
  process.on('disconnect', () => process.exit());
}
