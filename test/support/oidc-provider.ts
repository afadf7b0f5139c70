import { type RequestOptions, request } from 'node:http';
import { type InnerAccount, type InnerProvider, startInnerProvider } from '../../src/dev/inner-provider.ts';
import type { BrowserAnswer, CookieBrowser } from './cookie-browser.ts';

export const CLIENT_ID = 'ostiary';
export const CLIENT_SECRET = 'the-client-secret-of-the-tests';

export const ACCOUNTS: readonly InnerAccount[] = [
  { sub: 'alice', email: 'alice@example.com', name: 'Alice Example' },
  { sub: 'bob', email: 'bob@example.com', name: 'Bob Example' },
  { sub: 'nobody', email: 'nobody@example.com', name: 'Not A User' },
];

export interface TestProviderOptions {
  /** More of what the client registers. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** Of `oidc-provider`. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly accounts?: readonly InnerAccount[];
}

/** A real identity provider on a free port that knows one relying party. */
export function startTestProvider(
  redirectUris: readonly string[],
  { metadata = {}, settings = {}, accounts = ACCOUNTS }: TestProviderOptions = {},
): Promise<InnerProvider> {
  const clients = [{ clientId: CLIENT_ID, clientSecret: CLIENT_SECRET, redirectUris, metadata }];
  return startInnerProvider({ port: 0, clients, accounts, settings });
}

/** Presses an account's button on the provider's page, and follows where that leads. */
export function chooseAccount(browser: CookieBrowser, page: BrowserAnswer, account: string): Promise<BrowserAnswer> {
  if (!page.body.includes('Who do you want to be?'))
    throw new Error(`not the provider's page: ${page.url} ${page.body}`);
  return browser.post(page.url, { account });
}

/** What providers send by themselves, to hosts that have no name service here: a `fetch` for their settings. */
export function fetchOnLoopback(host: string, told: (call: ProviderCall) => void = () => {}) {
  return async (address: string | URL, { body }: { readonly body: unknown }): Promise<Response> => {
    const { port, pathname } = new URL(address);
    const form = String(body);
    const headers = { host: `${host}:${port}`, 'content-type': 'application/x-www-form-urlencoded' };
    const status = await post({ host: '127.0.0.1', port, path: pathname, method: 'POST', headers }, form);
    told({ path: pathname, status, form: Object.fromEntries(new URLSearchParams(form)) });
    return new Response(null, { status });
  };
}

export interface ProviderCall {
  readonly path: string;
  readonly status: number;
  readonly form: Readonly<Record<string, string>>;
}

function post(options: RequestOptions, body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    request(options, (answer) => answer.resume().on('end', () => resolve(answer.statusCode ?? 0)))
      .on('error', reject)
      .end(body);
  });
}

interface ProviderPage {
  body: unknown;
}

function showForm(page: ProviderPage, form: string): void {
  page.body = `<!doctype html><link rel="icon" href="data:,">${form}<button form="op.logoutForm" name="logout" value="yes">End it</button>`;
}

function showSignedOut(page: ProviderPage): void {
  page.body = 'signed out';
}

/** `features` of a provider that ends sessions, and tells of it. */
export const LOGOUT_FEATURES = {
  devInteractions: { enabled: false },
  rpInitiatedLogout: { enabled: true, logoutSource: showForm, postLogoutSuccessSource: showSignedOut },
  backchannelLogout: { enabled: true },
};

/** Presses the button of the provider's page that asks before it signs out. */
export function confirmSignOut(browser: CookieBrowser, page: BrowserAnswer): Promise<BrowserAnswer> {
  const xsrf = /name="xsrf" value="([^"]+)"/.exec(page.body)?.[1] ?? '';
  return browser.post(new URL(/action="([^"]+)"/.exec(page.body)?.[1] ?? ''), { xsrf, logout: 'yes' });
}

export function cancel(browser: CookieBrowser, page: BrowserAnswer): Promise<BrowserAnswer> {
  return browser.post(page.url, { cancel: '1' });
}
