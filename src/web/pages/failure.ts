import { facts } from '../facts.ts';
import { Html, html } from '../html.ts';
import { linkButton, PAGE_SLOTS, page } from '../page.ts';
import type { RefusalText, RefusedPage } from './refused.ts';

/** The reader did nothing wrong: the upstream or the gateway failed. Says so, because it must not look like a denial. */
export function failurePage(data: RefusedPage, { status, title, why, advice }: RefusalText): Html {
  const { domain, portalUrl } = data;
  const body = html`<article class="card tone-failure">
<p class="badge">${status} · Technical problem</p>
<h1>${title}</h1>
<p class="lead">${why}</p>
<p>This is not about your permissions. ${advice}</p>
${Html.slot(PAGE_SLOTS.contact, html``)}
${facts([
  { name: 'Address', value: data.host },
  { name: 'Reason', value: data.reason, exact: true },
  { name: 'Request ID', value: data.requestId, exact: true },
])}
${portalUrl === null ? null : html`<p class="actions">${linkButton('To the portal', portalUrl)}</p>`}
</article>`;
  return page({ title, body, domain });
}
