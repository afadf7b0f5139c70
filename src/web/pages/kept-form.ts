import { facts } from '../facts.ts';
import { type Html, html } from '../html.ts';
import { link } from '../link.ts';
import { identityText, linkButton, page, type SignedInAs } from '../page.ts';

export interface KeptFormPage {
  readonly domain: string;
  readonly signedInAs: SignedInAs;
  /** Where the form is released. */
  readonly action: string;
  readonly host: string;
  readonly path: string;
  readonly contentType: string;
  /** Bytes. */
  readonly size: number;
  /** Names, as far as they are known. */
  readonly fields: readonly string[];
}

/** After a sign-in: the form that was sent before it waits for a word of its sender. */
export function keptFormPage({
  domain,
  signedInAs,
  action,
  host,
  path,
  contentType,
  size,
  fields,
}: KeptFormPage): Html {
  const body = html`<article class="card">
<h1>Send the form now?</h1>
<p class="lead">You are signed in as <strong>${identityText(signedInAs)}</strong>.</p>
<p>Your session had ended when you sent a form, so it was kept and not carried out. If it is yours, send it now.</p>
${facts([
  { name: 'To', value: `${host}${path}`, exact: true },
  { name: 'Fields', value: fields.length === 0 ? null : fields.join(', ') },
  { name: 'Content', value: `${contentType}, ${size} bytes` },
])}
<form class="actions" method="post" action="${link(action)}">
<button class="button primary" type="submit">Send it</button>
${linkButton('Do not send it', '/')}
</form>
</article>`;
  return page({ title: 'Send the form now?', body, domain });
}
