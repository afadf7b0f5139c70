import { type Html, html } from '../html.ts';
import { link } from '../link.ts';
import { identityText, linkButton, page, type SignedInAs } from '../page.ts';

export interface ConfirmSignOutPage {
  readonly domain: string;
  readonly signedInAs: SignedInAs | null;
  /** Where the form is posted. */
  readonly action: string;
  /** Sent along as `csrf`; `null` when the endpoint needs none. */
  readonly csrf: string | null;
  readonly cancelUrl: string;
  /** The identity provider that can end its own session too; `null`: it does not offer that. */
  readonly provider: string | null;
}

/** Signing out by GET only asks, so that a link on another site signs nobody out. */
export function confirmSignOutPage({
  domain,
  signedInAs,
  action,
  csrf,
  cancelUrl,
  provider,
}: ConfirmSignOutPage): Html {
  const body = html`<article class="card">
<h1>Sign out?</h1>
${signedInAs === null ? null : html`<p class="lead">You are signed in as <strong>${identityText(signedInAs)}</strong>.</p>`}
<p>This ends the session on every service of ${domain} in this browser. You stay signed in at your identity provider${provider === null ? '' : ', unless you sign out there too'}.</p>
<form class="actions" method="post" action="${link(action)}">
${csrf === null ? null : html`<input type="hidden" name="csrf" value="${csrf}">`}
<button class="button primary" type="submit">Sign out</button>
${provider === null ? null : html`<button class="button plain" type="submit" name="at" value="provider">Sign out at ${provider} too</button>`}
${linkButton('Stay signed in', cancelUrl)}
</form>
</article>`;
  return page({ title: 'Sign out', body, domain });
}
