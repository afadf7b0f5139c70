import { type Html, html } from '../html.ts';
import { link } from '../link.ts';
import { page } from '../page.ts';

export interface ChooseProviderPage {
  readonly domain: string;
  /** What the reader was on the way to; `null` when it is the portal. */
  readonly target: { readonly host: string; readonly service: string | null } | null;
  readonly providers: readonly ProviderChoice[];
}

export interface ProviderChoice {
  readonly name: string;
  readonly displayName: string | null;
  /** Starts the sign-in at this provider. */
  readonly url: string;
}

/** One button a provider. With none configured it says what is missing, because then nobody can get any further. */
export function chooseProviderPage({ domain, target, providers }: ChooseProviderPage): Html {
  const body = html`<article class="card">
<h1>Sign in</h1>
${destination(domain, target)}
${
  providers.length === 0
    ? noProviders()
    : html`<ul class="choices">${providers.map(choice)}</ul>
<p class="hint">You are asked to sign in because this address is protected. Your password goes to the provider that you choose, never to this page.</p>`
}
</article>`;
  return page({ title: 'Sign in', body, domain });
}

function destination(domain: string, target: ChooseProviderPage['target']): Html {
  if (target === null) return html`<p class="lead">to see the services of <strong>${domain}</strong></p>`;
  const { service, host } = target;
  if (service === null) return html`<p class="lead">to reach <strong>${host}</strong></p>`;
  return html`<p class="lead">to reach <strong>${service}</strong> at ${host}</p>`;
}

function choice({ name, displayName, url }: ProviderChoice): Html {
  return html`<li><a class="button primary" href="${link(url)}">Continue with ${displayName ?? name}</a></li>`;
}

function noProviders(): Html {
  return html`<p>No identity provider is set up, so nobody can sign in yet.</p>
<p>Whoever runs this installation adds one with a resource of kind <code>IdentityProvider</code>.</p>`;
}
