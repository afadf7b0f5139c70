import { type Html, html } from '../html.ts';
import { link } from '../link.ts';
import { linkButton, page } from '../page.ts';

export interface ConfirmHandOverPage {
  readonly domain: string;
  /** The host that asks for the session; no Service lists it by name. */
  readonly host: string;
  /** Where the form is posted. */
  readonly action: string;
  readonly portalUrl: string;
}

/** Names a host that only a wildcard covers before it learns who the reader is. */
export function confirmHandOverPage({ domain, host, action, portalUrl }: ConfirmHandOverPage): Html {
  const title = 'Continue to this address?';
  const body = html`<article class="card">
<h1>${title}</h1>
<p class="lead"><strong>${host}</strong> wants to know who you are.</p>
<p>It is one of many addresses that are not listed by name here. Continue only if you meant to open it.</p>
<form class="actions" method="post" action="${link(action)}">
<button class="button primary" type="submit">Continue to ${host}</button>
${linkButton('To the portal', portalUrl)}
</form>
</article>`;
  return page({ title, body, domain });
}
