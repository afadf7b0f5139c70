import { facts } from '../facts.ts';
import { type Html, html } from '../html.ts';
import { linkButton, page, type SignedInAs } from '../page.ts';

export interface SignInFailedPage {
  readonly domain: string;
  /** Stable code, for whoever is asked for help. */
  readonly code: string;
  readonly title: string;
  /** One sentence that may be shown to anyone. */
  readonly text: string;
  /** What the reader can do. */
  readonly advice: string;
  readonly requestId: string;
  readonly tryAgainUrl: string | null;
  /** The session that the reader has all the same, and the way back. */
  readonly still: { readonly signedInAs: SignedInAs; readonly backUrl: string } | null;
}

/** A sign-in that did not work. Leads on by links only: an automatic retry could go round for ever. */
export function signInFailedPage(data: SignInFailedPage): Html {
  const { domain, code, text, advice, requestId, still } = data;
  const title = still === null ? data.title : `You are still signed in as ${nameOf(still.signedInAs)}`;
  const body = html`<article class="card ${still === null ? 'tone-denied' : 'tone-done'}">
<p class="badge">${still === null ? 'Not signed in' : 'Nothing has changed'}</p>
<h1>${title}</h1>
<p class="lead">${text}</p>
<p>${advice}</p>
${facts([
  { name: 'Reason', value: code, exact: true },
  { name: 'Request ID', value: requestId, exact: true },
])}
${actions(data)}
</article>`;
  return page({ title, body, domain });
}

function actions({ tryAgainUrl, still }: SignInFailedPage): Html | null {
  if (still === null) {
    return tryAgainUrl === null
      ? null
      : html`<p class="actions">${linkButton('Try again', tryAgainUrl, 'primary')}</p>`;
  }
  return html`<p class="actions">${linkButton('Go back', still.backUrl, 'primary')}
${tryAgainUrl === null ? null : linkButton('Switch account', tryAgainUrl)}</p>`;
}

function nameOf({ displayName, name }: SignedInAs): string {
  return displayName ?? name;
}
