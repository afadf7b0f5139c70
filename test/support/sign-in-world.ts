import { after } from 'node:test';
import { type BrowserAnswer, CookieBrowser } from './cookie-browser.ts';
import { DOMAIN, GatewayProcess } from './gateway-process.ts';
import { CLIENT_ID, CLIENT_SECRET, chooseAccount, startTestProvider } from './oidc-provider.ts';
import { type Document, yaml } from './resources.ts';

/** People that the test provider knows, as users of the gateway. */
export const PEOPLE: readonly Document[] = ['alice', 'bob'].map((name) => ({
  kind: 'User',
  metadata: { name },
  spec: { type: 'HUMAN', email: `${name}@example.com` },
}));

/** A gateway process and a real identity provider that know each other, with the users alice and bob. */
export class SignInWorld {
  readonly gateway: GatewayProcess;

  constructor(gateway: GatewayProcess) {
    this.gateway = gateway;
  }

  /** The provider must know the gateway's port and the gateway the provider's, so its resource comes last. */
  static async start(
    resources: string,
    args: readonly string[] = [],
    env: Readonly<Record<string, string>> = {},
  ): Promise<SignInWorld> {
    const gateway = await GatewayProcess.start({
      files: { 'people.yaml': yaml(...PEOPLE), 'resources.yaml': resources },
      args,
      env,
    });
    const world = new SignInWorld(gateway);
    const provider = await startTestProvider([world.url(DOMAIN, '/.ostiary/callback/demo')]);
    after(() => provider.close());
    await gateway.write('provider.yaml', identityProvider(provider.issuer));
    return world;
  }

  /** `host` is a Service's name unless it has a dot. */
  url(host: string, path = '/'): string {
    return `http://${host.includes('.') ? host : `${host}.${DOMAIN}`}:${this.gateway.port}${path}`;
  }

  async signIn(browser: CookieBrowser, url: string, account = 'alice'): Promise<BrowserAnswer> {
    return chooseAccount(browser, await browser.get(url), account);
  }

  async signedIn(url: string, account = 'alice'): Promise<CookieBrowser> {
    const browser = new CookieBrowser();
    await this.signIn(browser, url, account);
    return browser;
  }
}

export function identityProvider(issuerURL: string): string {
  const secret = { kind: 'Secret', metadata: { name: 'client-secret' }, spec: {}, data: { value: CLIENT_SECRET } };
  const oidc = { clientID: CLIENT_ID, clientSecret: { fromSecret: 'client-secret' }, issuerURL };
  return yaml(secret, { kind: 'IdentityProvider', metadata: { name: 'demo' }, spec: { oidc } });
}
