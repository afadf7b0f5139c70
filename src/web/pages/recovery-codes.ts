import { type Html, html } from '../html.ts';
import { linkButton, page } from '../page.ts';

export interface RecoveryCodesPage {
  readonly domain: string;
  readonly codes: readonly string[];
  readonly accountUrl: string;
}

/** The only time that the codes are shown. */
export function recoveryCodesPage({ domain, codes, accountUrl }: RecoveryCodesPage): Html {
  const body = html`<article class="card tone-done">
<p class="badge">Done</p>
<h1>Keep these recovery codes</h1>
<p class="lead">Each of them lets you in once, if you have lost your second factors.</p>
<ol class="codes">${codes.map((code) => html`<li><code>${code}</code></li>`)}</ol>
<p>Print them, or keep them with your passwords. They are not shown again, and any that you had before are good no more.</p>
<p class="actions">${linkButton('I have kept them', accountUrl, 'primary')}</p>
</article>`;
  return page({ title: 'Recovery codes', body, domain });
}
