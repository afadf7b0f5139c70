import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { newHandle } from '../../../src/base/ids.ts';
import { CookieBrowser } from '../../support/cookie-browser.ts';
import { freePort } from '../../support/free-port.ts';
import { CLIENT_ID, CLIENT_SECRET, chooseAccount, startTestProvider } from '../../support/oidc-provider.ts';
import { outputOf, startServer } from '../processes.ts';
import { resources } from './gateway-resources.ts';
import type { StartSubject, Target } from './subject.ts';

const LAUNCHER = resolve(import.meta.dirname, '../../../bin/ostiary');

/** One process with three cases, its access log in a file, as it runs for users. */
export function gateway(directory: string, profile: string | null): StartSubject {
  return async (stack, upstreamPort) => {
    const port = await freePort();
    const upstreamToken = newHandle();
    await writeResources(stack, directory, port, { upstreamPort, upstreamToken });
    const data = join(directory, 'data');
    const pid = await startServer(stack, {
      command: LAUNCHER,
      args: [
        ...['serve', '-f', join(directory, 'resources'), '--domain', 'localhost', '--data', data],
        ...['--listen', `127.0.0.1:${port}`, '--admin-listen', '127.0.0.1:0'],
        ...['--access-log', join(directory, 'access.log')],
      ],
      port,
      ...(profile === null ? {} : { env: { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${resolve(profile)}` } }),
    });
    return { pid, targets: await targets(port, data, upstreamToken) };
  };
}

async function writeResources(
  stack: AsyncDisposableStack,
  directory: string,
  port: number,
  facts: { readonly upstreamPort: number; readonly upstreamToken: string },
): Promise<void> {
  const provider = await startTestProvider([`http://localhost:${port}/.ostiary/callback/bench`]);
  stack.defer(() => provider.close());
  const text = resources({ ...facts, issuer: provider.issuer, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET });
  const folder = join(directory, 'resources');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'bench.yaml'), text, { mode: 0o600 });
}

async function targets(port: number, data: string, upstreamToken: string): Promise<Target[]> {
  const [cookie, accessToken] = [await signIn(port), await createAccessToken(data)];
  const upstreamSees = `authorization: Bearer ${upstreamToken}`;
  const full = { port, path: '/v1/items', echoPath: '/v1/seen', upstreamSees };
  const host = `full.localhost:${port}`;
  return [
    {
      name: 'gateway-plain',
      port,
      path: '/v1/items',
      headers: { host: `plain.localhost:${port}` },
      echoPath: '/seen',
      upstreamSees: null,
    },
    { name: 'gateway-cookie', ...full, headers: { host, cookie } },
    { name: 'gateway-bearer', ...full, headers: { host, authorization: `Bearer ${accessToken}` } },
  ];
}

/** As a person does, through the provider. Gives the Cookie field. */
async function signIn(port: number): Promise<string> {
  const browser = new CookieBrowser();
  const host = 'full.localhost';
  await chooseAccount(browser, await browser.get(`http://${host}:${port}/v1/items`), 'alice');
  const cookies = browser.cookies(host).map(({ name, value }) => `${name}=${value}`);
  if (cookies.length === 0) throw new Error('the sign-in gave no session cookie');
  return cookies.join('; ');
}

async function createAccessToken(data: string): Promise<string> {
  const args = ['create', 'credential', 'bench', '--user', 'robot', '--type', 'access-token', '--data', data];
  return (await outputOf(LAUNCHER, args)).trim();
}
