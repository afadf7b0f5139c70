import { facts } from '../facts.ts';
import { type Html, html } from '../html.ts';
import { linkButton, page } from '../page.ts';

export interface SignInFailedPage {
  readonly domain: string;
  /** Stable code, for whoever is asked for help. */
  readonly code: string;
  /** One sentence that may be shown to anyone. */
  readonly text: string;
  readonly requestId: string;
  readonly tryAgainUrl: string | null;
}

/** A sign-in that did not work. Leads on by a link only: an automatic retry could go round for ever. */
export function signInFailedPage({ domain, code, text, requestId, tryAgainUrl }: SignInFailedPage): Html {
  const title = 'You are not signed in';
  const body = html`<article class="card tone-denied">
<p class="badge">Sign-in failed</p>
<h1>${title}</h1>
<p class="lead">${text}</p>
<p>If trying again does not help, tell whoever manages access here, and give them the request ID.</p>
${facts([
  { name: 'Reason', value: code, exact: true },
  { name: 'Request ID', value: requestId, exact: true },
])}
${tryAgainUrl === null ? null : html`<p class="actions">${linkButton('Try again', tryAgainUrl, 'primary')}</p>`}
</article>`;
  return page({ title, body, domain });
}
