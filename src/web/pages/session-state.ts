import { facts } from '../facts.ts';
import { type Html, html } from '../html.ts';
import { identityText, linkButton, page, type SignedInAs } from '../page.ts';

export interface SessionStatePage {
  readonly domain: string;
  readonly state: 'PENDING' | 'REJECTED';
  /** By which whoever decides knows it. */
  readonly session: string;
  readonly host: string;
  readonly requestId: string;
  readonly signedInAs: SignedInAs | null;
  /** Where to look again; `null`: it cannot be asked for again. */
  readonly againUrl: string | null;
  readonly switchAccountUrl: string | null;
}

const WORDS = {
  PENDING: {
    badge: 'Waiting for approval',
    title: 'Your sign-in waits for approval',
    lead: 'You have signed in. Whoever manages access here has to let this session in first.',
    advice: 'Tell them the name of the session, and look again later: you do not have to sign in once more.',
    again: 'Look again',
  },
  REJECTED: {
    badge: 'Rejected',
    title: 'Your sign-in was rejected',
    lead: 'You have signed in, and this session may not do anything.',
    advice: 'If that is a mistake, tell whoever manages access here the name of the session.',
    again: 'Try again',
  },
} as const;

/** Somebody is signed in, in a session that is not active (yet). */
export function sessionStatePage(data: SessionStatePage): Html {
  const { domain, signedInAs, againUrl, switchAccountUrl } = data;
  const { badge, title, lead, advice, again } = WORDS[data.state];
  const body = html`<article class="card tone-denied">
<p class="badge">403 · ${badge}</p>
<h1>${title}</h1>
<p class="lead">${lead}</p>
<p>${advice}</p>
${facts([
  { name: 'Signed in as', value: signedInAs === null ? null : identityText(signedInAs) },
  { name: 'Session', value: data.session, exact: true },
  { name: 'Address', value: data.host },
  { name: 'Reason', value: 'session-not-active', exact: true },
  { name: 'Request ID', value: data.requestId, exact: true },
])}
<p class="actions">${againUrl === null ? null : linkButton(again, againUrl, 'primary')}
${switchAccountUrl === null ? null : linkButton('Switch account', switchAccountUrl)}</p>
</article>`;
  return page({ title, body, domain });
}
