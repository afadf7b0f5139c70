import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CookieBrowser } from './cookie-browser.ts';
import { DOMAIN } from './gateway-process.ts';
import { chooseAccount } from './oidc-provider.ts';
import { RecordingUpstream } from './recording-upstream.ts';
import { type Document, service, yaml } from './resources.ts';
import { SignInWorld } from './sign-in-world.ts';
import { AuthenticatorApp, keyOnPage } from './totp.ts';

const STEP_UP = readFileSync(join(import.meta.dirname, '../../policies/library/step-up.yaml'), 'utf8');

/** A gateway of two processes with a shop whose `/admin` wants a second factor, as the policy library has it. */
export class FactorWorld {
  readonly world: SignInWorld;
  readonly upstream: RecordingUpstream;

  private constructor(world: SignInWorld, upstream: RecordingUpstream) {
    this.world = world;
    this.upstream = upstream;
  }

  static async start(...more: readonly Document[]): Promise<FactorWorld> {
    const upstream = await RecordingUpstream.start('upstream');
    const config = { upstream: { url: upstream.url } };
    const shop = service('shop', { mode: 'WEB', authorization: { policies: ['allow-all', 'step-up'] }, config });
    const blog = service('blog', { mode: 'WEB', authorization: { policies: ['allow-all'] }, config });
    const world = await SignInWorld.start(`${STEP_UP}---\n${yaml(shop, blog, ...more)}`, ['--workers', '2']);
    return new FactorWorld(world, upstream);
  }

  /** On a Service, or on the auth host with `''`. */
  url(name: string, path = '/'): string {
    return this.world.url(name === '' ? DOMAIN : name, path);
  }

  own(path: string): string {
    return this.url('', `/.ostiary/${path}`);
  }

  /** Signs in on the auth host; `path` is where that leads. */
  async signedIn(account = 'alice'): Promise<CookieBrowser> {
    const browser = new CookieBrowser();
    await chooseAccount(browser, await browser.get(this.own('account')), account);
    return browser;
  }

  /** Adds an authenticator app; the session has shown it then, with the code of one step ago. */
  async addApp(browser: CookieBrowser): Promise<{ app: AuthenticatorApp; recoveryCodes: string[] }> {
    const page = await browser.post(this.own('account/totp'));
    const app = new AuthenticatorApp(keyOnPage(page.body));
    const added = await browser.post(this.own('account/totp/confirm'), { code: await app.code(-1) });
    assert.equal(added.status, 200, added.body);
    return { app, recoveryCodes: codesOn(added.body) };
  }

  /** A user who has had nothing to do with second factors. */
  async forget(account: string): Promise<void> {
    const { api } = this.world.gateway;
    for (const { metadata } of await api.list('Authenticator'))
      if (metadata.name.startsWith(`${account}-`)) await api.delete('Authenticator', metadata.name);
  }
}

export function codesOn(body: string): string[] {
  return [...body.matchAll(/<li><code>([0-9A-Z-]{19})<\/code>/g)].map(([, code]) => code!);
}
