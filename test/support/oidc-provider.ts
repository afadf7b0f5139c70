import { type InnerAccount, type InnerProvider, startInnerProvider } from '../../src/dev/inner-provider.ts';
import type { BrowserAnswer, CookieBrowser } from './cookie-browser.ts';

export const CLIENT_ID = 'ostiary';
export const CLIENT_SECRET = 'the-client-secret-of-the-tests';

export const ACCOUNTS: readonly InnerAccount[] = [
  { sub: 'alice', email: 'alice@example.com', name: 'Alice Example' },
  { sub: 'bob', email: 'bob@example.com', name: 'Bob Example' },
  { sub: 'nobody', email: 'nobody@example.com', name: 'Not A User' },
];

/** A real identity provider on a free port that knows one relying party. */
export function startTestProvider(redirectUris: readonly string[]): Promise<InnerProvider> {
  const clients = [{ clientId: CLIENT_ID, clientSecret: CLIENT_SECRET, redirectUris }];
  return startInnerProvider({ port: 0, clients, accounts: ACCOUNTS });
}

/** Presses an account's button on the provider's page, and follows where that leads. */
export function chooseAccount(browser: CookieBrowser, page: BrowserAnswer, account: string): Promise<BrowserAnswer> {
  if (!page.body.includes('Who do you want to be?'))
    throw new Error(`not the provider's page: ${page.url} ${page.body}`);
  return browser.post(page.url, { account });
}

export function cancel(browser: CookieBrowser, page: BrowserAnswer): Promise<BrowserAnswer> {
  return browser.post(page.url, { cancel: '1' });
}
