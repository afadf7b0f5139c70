import { type Html, html } from '../html.ts';
import { link } from '../link.ts';
import { page } from '../page.ts';

export interface FramedPage {
  readonly domain: string;
  /** Where the reader was on the way to. */
  readonly url: string;
  readonly host: string;
}

/** The one page that other sites may show inside theirs: it says nothing about anybody, and decides nothing. */
export function framedPage({ domain, url, host }: FramedPage): Html {
  const body = html`<article class="card tone-request">
<p class="badge">Embedded</p>
<h1>Open this in a window of its own</h1>
<p class="lead">Another page shows <strong>${host}</strong> inside itself. Signing in, and whatever else the gateway has to say, needs a window of its own.</p>
<p class="actions"><a class="button primary" href="${link(url)}" target="_blank" rel="noopener">Open ${host}<span class="hidden"> in a new window</span></a></p>
</article>`;
  return page({ title: 'Open this in a window of its own', body, domain });
}
