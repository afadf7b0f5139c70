import { after, before } from 'node:test';
import type { InnerProvider } from '../../../src/dev/inner-provider.ts';
import type { IdentityProvider, User } from '../../../src/model/index.ts';
import { type BrowserAnswer, CookieBrowser } from '../../support/cookie-browser.ts';
import { chooseAccount, startTestProvider, type TestProviderOptions } from '../../support/oidc-provider.ts';
import { DOMAIN, IdentityFixture, provider, startGateway, type TestGateway } from './fixture.ts';

/** A gateway and a real identity provider for the tests of a file; each `fresh` one has a state of its own. */
export class Installation {
  #gateway: TestGateway | null = null;
  #provider: InnerProvider | null = null;
  fixture = new IdentityFixture();

  /** Call once at the top of a test file. */
  static forFile(options: (port: number) => TestProviderOptions = () => ({})): Installation {
    const installation = new Installation();
    before(() => installation.#start(options));
    after(() => installation.#stop());
    return installation;
  }

  get issuer(): string {
    return this.#provider!.issuer;
  }

  url(host: string, path = '/'): string {
    return this.#gateway!.url(host, path);
  }

  async signIn(browser: CookieBrowser, url: string, account = 'alice'): Promise<BrowserAnswer> {
    return chooseAccount(browser, await browser.get(url), account);
  }

  async signedIn(url: string, account = 'alice'): Promise<CookieBrowser> {
    const browser = new CookieBrowser();
    await this.signIn(browser, url, account);
    return browser;
  }

  async #start(options: (port: number) => TestProviderOptions): Promise<void> {
    this.#gateway = await startGateway(this.fixture);
    const callbacks = ['demo', 'other'].map((name) => this.url(DOMAIN, `/.ostiary/callback/${name}`));
    this.#provider = await startTestProvider(callbacks, options(this.#gateway.port));
    this.useProviders('demo');
  }

  useProviders(...names: readonly string[]): void {
    this.use(...names.map((name) => provider(name, this.issuer)));
  }

  use(...identityProviders: readonly IdentityProvider[]): void {
    this.fixture.config = { ...this.fixture.config, identityProviders };
  }

  async #stop(): Promise<void> {
    await this.#gateway?.close();
    await this.#provider?.close();
  }
}

export interface FailedPage {
  readonly name: 'sign-in-failed';
  readonly code: string;
  readonly retry: string | null;
  readonly still: { readonly user: User; readonly back: string } | null;
}

/** The page in an answer of the test gateway. */
export function pageOf(answer: BrowserAnswer): { readonly name: string } & Partial<FailedPage> {
  return JSON.parse(answer.body).page;
}
