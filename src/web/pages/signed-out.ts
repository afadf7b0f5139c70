import { type Html, html } from '../html.ts';
import { linkButton, page } from '../page.ts';

export interface SignedOutPage {
  readonly domain: string;
  readonly signInUrl: string;
  /** The identity provider that has ended its own session too; `null`: it was not asked to. */
  readonly provider: string | null;
}

export function signedOutPage({ domain, signInUrl, provider }: SignedOutPage): Html {
  const body = html`<article class="card tone-done">
<p class="badge">Done</p>
<h1>You are signed out</h1>
<p class="lead">Your session on ${domain} has ended.</p>
${rest(provider)}
<p class="actions">${linkButton('Sign in again', signInUrl, 'primary')}</p>
</article>`;
  return page({ title: 'Signed out', body, domain });
}

function rest(provider: string | null): Html {
  if (provider !== null) return html`<p>${provider} has sent you back after signing out there.</p>`;
  return html`<p>“Sign in again” lets you choose another account. You may still be signed in at your identity provider. On a shared computer, sign out there too, or close the browser.</p>`;
}
