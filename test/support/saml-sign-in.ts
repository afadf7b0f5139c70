import type { BrowserAnswer, CookieBrowser } from './cookie-browser.ts';
import { formOf, readRequest, type SamlProvider, type SamlRequest } from './saml-provider.ts';

/** As the page of another site does: without our cookies, since they are Lax. */
const CROSS_SITE = { origin: 'null', 'sec-fetch-site': 'cross-site' };

/** A sign-in that has come to the provider. */
export async function atProvider(browser: CookieBrowser, url: string): Promise<SamlRequest> {
  let at = new URL(url);
  for (let hops = 0; hops < 10; hops++) {
    const { headers } = await browser.step(at);
    if (headers.location === undefined) break;
    at = new URL(headers.location, at);
    if (at.pathname === '/sso') return readRequest(at);
  }
  throw new Error(`the way ended at ${at}`);
}

/** Posts a response from the provider's page; a redirect is the answer. */
export async function postResponse(
  stranger: CookieBrowser,
  request: SamlRequest,
  response: string,
): Promise<BrowserAnswer> {
  return stranger.submit(request.consumerURL, formOf(request, response), CROSS_SITE);
}

/** The whole way. @param stranger has no cookies of ours, like a browser that posts from another site */
export async function signInBySaml(
  browser: CookieBrowser,
  stranger: CookieBrowser,
  provider: SamlProvider,
  url: string,
): Promise<BrowserAnswer> {
  const request = await atProvider(browser, url);
  const posted = await postResponse(stranger, request, provider.responseTo(request));
  return posted.headers.location === undefined ? posted : browser.get(posted.headers.location);
}
