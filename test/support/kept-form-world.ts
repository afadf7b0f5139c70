import assert from 'node:assert/strict';
import type { BrowserAnswer, CookieBrowser } from './cookie-browser.ts';
import { DOMAIN } from './gateway-process.ts';
import { chooseAccount } from './oidc-provider.ts';
import { service, yaml } from './resources.ts';
import { SignInWorld } from './sign-in-world.ts';

export const NAVIGATION = { 'sec-fetch-mode': 'navigate', 'sec-fetch-site': 'same-origin' };

/** Two Services that let everybody in, and people whose sessions end between two clicks. */
export class KeptFormWorld extends SignInWorld {
  static async of(upstreamUrl: string, args: readonly string[] = []): Promise<KeptFormWorld> {
    const web = (name: string) =>
      service(name, {
        mode: 'WEB',
        authorization: { policies: ['allow-all'] },
        config: { upstream: { url: upstreamUrl } },
      });
    return new KeptFormWorld((await SignInWorld.start(yaml(web('wiki'), web('board')), args)).gateway);
  }

  /** Signed in once on the wiki, and signed out by an administrator. */
  async signedOut(account = 'alice'): Promise<CookieBrowser> {
    const browser = await this.signedIn(this.url('wiki'), account);
    for (const { metadata } of await this.gateway.api.sessions(account)) {
      await this.gateway.api.revokeSession(metadata.uid!);
    }
    for (let i = 0; i < 100; i++) {
      const { status } = await browser.step(this.url('wiki'), { accept: 'application/json' });
      if (status === 401) return browser;
    }
    return browser;
  }

  sent(browser: CookieBrowser, form = { text: 'hello' }, headers: Readonly<Record<string, string>> = NAVIGATION) {
    return browser.submit(this.url('wiki', '/save?draft=1'), form, headers);
  }

  /** Follows the way through the sign-in to the page that asks. */
  async asked(browser: CookieBrowser, answer: BrowserAnswer, account = 'alice'): Promise<BrowserAnswer> {
    assert.equal(answer.status, 303, answer.body);
    const arrived = await browser.get(answer.headers.location!);
    // the provider may know the person still
    return arrived.url.hostname === this.host('wiki') ? arrived : chooseAccount(browser, arrived, account);
  }

  host(name: string): string {
    return `${name}.${DOMAIN}`;
  }
}
