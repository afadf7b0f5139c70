import { type Html, html } from '../html.ts';
import { link } from '../link.ts';
import { page } from '../page.ts';
import { type PasskeyForm, passkeyForm } from './passkey-form.ts';

export interface ChooseProviderPage {
  readonly domain: string;
  /** What the reader was on the way to; `null` when it is the portal. */
  readonly target: { readonly host: string; readonly service: string | null } | null;
  readonly providers: readonly ProviderChoice[];
  /** A field for the e-mail address, which finds the provider; `null`: there is none. */
  readonly byEmail: ByEmail | null;
  /** `null`: passkeys do not sign in by themselves here. */
  readonly passkey: Pick<PasskeyForm, 'action' | 'options' | 'ticket'> | null;
}

export interface ByEmail {
  /** Where the form is posted. */
  readonly action: string;
  readonly asked: { readonly email: string; readonly isKnown: boolean } | null;
  /** Shows all providers. */
  readonly all: string;
}

export interface ProviderChoice {
  readonly name: string;
  readonly displayName: string | null;
  /** Starts the sign-in at this provider. */
  readonly url: string;
  /** It was used last. */
  readonly isRemembered: boolean;
}

/** One button a provider. With none configured it says what is missing, because then nobody can get any further. */
export function chooseProviderPage({ domain, target, providers, byEmail, passkey }: ChooseProviderPage): Html {
  const body = html`<article class="card">
<h1>Sign in</h1>
${destination(domain, target)}
${passkey === null ? null : html`<div class="choices">${passkeyForm({ ...passkey, does: 'get', button: 'Sign in with a passkey', look: 'plain' })}</div>`}
${
  providers.length === 0
    ? noProviders()
    : html`${byEmail === null ? null : found(byEmail)}
<ul class="choices">${providers.map(choice)}</ul>
${byEmail === null ? null : emailForm(byEmail)}
<p class="hint">You are asked to sign in because this address is protected. Your password goes to the provider that you choose, never to this page.</p>`
}
</article>`;
  return page({ title: 'Sign in', body, domain, scripts: passkey === null ? [] : ['passkey.js'] });
}

function destination(domain: string, target: ChooseProviderPage['target']): Html {
  if (target === null) return html`<p class="lead">to see the services of <strong>${domain}</strong></p>`;
  const { service, host } = target;
  if (service === null) return html`<p class="lead">to reach <strong>${host}</strong></p>`;
  return html`<p class="lead">to reach <strong>${service}</strong> at ${host}</p>`;
}

function choice({ name, displayName, url, isRemembered }: ProviderChoice): Html {
  const note = isRemembered ? ' (used last)' : '';
  return html`<li><a class="button primary" href="${link(url)}">Continue with ${displayName ?? name}${note}</a></li>`;
}

function found({ asked, all }: ByEmail): Html | null {
  if (asked === null) return null;
  if (!asked.isKnown)
    return html`<p class="notice" role="alert">No provider is set up for “${asked.email}”. Choose one:</p>`;
  return html`<p role="status">For ${asked.email}, or <a href="${link(all)}">choose another</a>:</p>`;
}

function emailForm({ action, asked }: ByEmail): Html {
  return html`<form class="by-email" method="post" action="${link(action)}">
<label for="email">Or find it by your e-mail address:</label>
<div class="search"><input id="email" type="email" name="email" autocomplete="email" required maxlength="254" value="${asked?.email ?? ''}">
<button class="button plain" type="submit">Find</button></div>
</form>`;
}

function noProviders(): Html {
  return html`<p>No identity provider is set up, so nobody can sign in yet.</p>
<p>Whoever runs this installation adds one with a resource of kind <code>IdentityProvider</code>.</p>`;
}
