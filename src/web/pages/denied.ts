import { facts } from '../facts.ts';
import { Html, html } from '../html.ts';
import { identityText, linkButton, PAGE_SLOTS, page } from '../page.ts';
import type { RefusalText, RefusedPage } from './refused.ts';

/** We know who asks, and no. Says why, as whom, and how to go on. */
export function deniedPage(data: RefusedPage, { status, title, why, advice }: RefusalText): Html {
  const { domain, signedInAs, switchAccountUrl, portalUrl, access } = data;
  const body = html`<article class="card tone-denied">
<p class="badge">${status} · ${status === 401 ? 'Not signed in' : 'Access denied'}</p>
<h1>${title}</h1>
<p class="lead">${why}</p>
<p>${advice}</p>
${Html.slot(PAGE_SLOTS.contact, html``)}
${facts([
  { name: 'Signed in as', value: signedInAs === null ? null : identityText(signedInAs) },
  { name: 'Whom to ask', value: access === null || access.approvers.length === 0 ? null : access.approvers.join(', ') },
  { name: 'Address', value: data.host },
  { name: 'Reason', value: data.reason, exact: true },
  { name: 'Request ID', value: data.requestId, exact: true },
])}
<p class="actions">${access === null ? null : linkButton('Request access', access.url, 'primary')}
${switchAccountUrl === null ? null : linkButton(signedInAs === null ? 'Sign in' : 'Switch account', switchAccountUrl, access === null ? 'primary' : 'plain')}
${portalUrl === null ? null : linkButton('Services that I may open', portalUrl)}</p>
</article>`;
  return page({ title, body, domain });
}
