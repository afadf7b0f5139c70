import { facts } from '../facts.ts';
import { type Html, html } from '../html.ts';
import { linkButton, page } from '../page.ts';

export interface InsecureOriginPage {
  readonly domain: string;
  readonly host: string;
  readonly requestId: string;
  /** The same address with https, when this installation serves it. */
  readonly secureUrl: string | null;
}

/** Sessions are not given out over plain HTTP, except below localhost (status 403, reason `insecure-origin`). */
export function insecureOriginPage({ domain, host, requestId, secureUrl }: InsecureOriginPage): Html {
  const title = 'Signing in needs a secure connection';
  const body = html`<article class="card tone-request">
<p class="badge">403 · Not secure</p>
<h1>${title}</h1>
<p class="lead">This page was opened over plain HTTP. Anyone on the way could read the session that signing in would give you.</p>
<p>Open the address with <code>https://</code>. For trying things out on one machine, use a host name below <code>localhost</code>.</p>
${facts([
  { name: 'Address', value: host },
  { name: 'Request ID', value: requestId, exact: true },
])}
${secureUrl === null ? null : html`<p class="actions">${linkButton('Open with https', secureUrl, 'primary')}</p>`}
</article>`;
  return page({ title, body, domain });
}
