import { type Html, html } from '../html.ts';
import { linkButton, page } from '../page.ts';

export interface SignedOutPage {
  readonly domain: string;
  readonly signInUrl: string;
}

export function signedOutPage({ domain, signInUrl }: SignedOutPage): Html {
  const body = html`<article class="card tone-done">
<p class="badge">Done</p>
<h1>You are signed out</h1>
<p class="lead">Your session on ${domain} has ended.</p>
<p>“Sign in again” lets you choose another account. You may still be signed in at your identity provider. On a shared computer, sign out there too, or close the browser.</p>
<p class="actions">${linkButton('Sign in again', signInUrl, 'primary')}</p>
</article>`;
  return page({ title: 'Signed out', body, domain });
}
