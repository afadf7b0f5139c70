import { newHandle } from '../../../src/base/ids.ts';
import { CookieBrowser } from '../../support/cookie-browser.ts';
import { freePort } from '../../support/free-port.ts';
import { CLIENT_ID, CLIENT_SECRET, chooseAccount, startTestProvider } from '../../support/oidc-provider.ts';
import { outputOf } from '../processes.ts';
import { LAUNCHER, startGateway } from './gateway-process.ts';
import { resources } from './gateway-resources.ts';
import type { StartSubject, Target } from './subject.ts';

/** One process with all cases of ours. */
export function gateway(directory: string, profile: string | null): StartSubject {
  return async (stack, upstreamPort) => {
    const [port, upstreamToken] = [await freePort(), newHandle()];
    const provider = await startTestProvider([`http://localhost:${port}/.ostiary/callback/bench`]);
    stack.defer(() => provider.close());
    const client = { issuer: provider.issuer, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET };
    const text = resources({ ...client, upstreamPort, upstreamToken });
    const { pid, data } = await startGateway(stack, { directory, resources: text, port, profile });
    return { pid, targets: await targets(port, data, upstreamToken) };
  };
}

async function targets(port: number, data: string, upstreamToken: string): Promise<Target[]> {
  const accessToken = await createAccessToken(data);
  const browser = await signIn(port);
  const [known, cookie] = [await cookieFor(browser, 'known', port), await cookieFor(browser, 'full', port)];
  const upstreamSees = `authorization: Bearer ${upstreamToken}`;
  const full = { port, path: '/v1/items', echoPath: '/v1/seen', upstreamSees };
  const host = `full.localhost:${port}`;
  const authorization = `Bearer ${accessToken}`;
  return [
    {
      name: 'gateway-plain',
      port,
      path: '/v1/items',
      headers: { host: `plain.localhost:${port}` },
      echoPath: '/seen',
      upstreamSees: null,
    },
    {
      name: 'gateway-known',
      port,
      path: '/v1/items',
      headers: { host: `known.localhost:${port}`, cookie: known },
      echoPath: '/seen',
      upstreamSees: null,
    },
    { name: 'gateway-cookie', ...full, headers: { host, cookie } },
    { name: 'gateway-bearer', ...full, headers: { host, authorization } },
    { name: 'gateway-assertion', ...full, headers: { host: `told.localhost:${port}`, authorization } },
  ];
}

/** As a person does, through the provider. */
async function signIn(port: number): Promise<CookieBrowser> {
  const browser = new CookieBrowser();
  await chooseAccount(browser, await browser.get(`http://known.localhost:${port}/v1/items`), 'alice');
  return browser;
}

/** The Cookie field of a Service that somebody goes to who is signed in. */
async function cookieFor(browser: CookieBrowser, service: string, port: number): Promise<string> {
  const host = `${service}.localhost`;
  await browser.get(`http://${host}:${port}/v1/items`);
  const cookies = browser.cookies(host).map(({ name, value }) => `${name}=${value}`);
  if (cookies.length === 0) throw new Error('the sign-in gave no session cookie');
  return cookies.join('; ');
}

async function createAccessToken(data: string): Promise<string> {
  const args = ['create', 'credential', 'bench', '--user', 'robot', '--type', 'access-token', '--data', data];
  return (await outputOf(LAUNCHER, args)).trim();
}
