import { type Html, html } from '../html.ts';
import { initials, tint } from '../initials.ts';
import { link } from '../link.ts';
import { identityText, linkButton, page, type SignedInAs } from '../page.ts';

export interface PortalPage {
  readonly domain: string;
  readonly signedInAs: SignedInAs;
  /** Those that this user may open, as the policies decide. */
  readonly services: readonly PortalService[];
  /** What the reader searches for; empty: everything. */
  readonly search: string;
  /** About second factors; `null`: nothing. */
  readonly recommendation: { readonly text: string; readonly url: string; readonly does: string } | null;
  /** Where the search is sent, with `?q=`. */
  readonly portalUrl: string;
  readonly accountUrl: string;
  readonly signOutUrl: string;
  /** `null`: access to no Service can be asked for. */
  readonly accessRequestsUrl: string | null;
  readonly switchAccountUrl: string;
}

export interface PortalService {
  readonly name: string;
  readonly displayName: string | null;
  readonly description: string | null;
  readonly url: string;
  readonly host: string;
}

/** The Services that this user may open. */
export function portalPage(data: PortalPage): Html {
  const { domain, services, search } = data;
  const found = findServices(services, search);
  const body = html`${recommended(data.recommendation)}<div class="portal-head"><h1>Services</h1>${services.length === 0 ? null : searchForm(data)}</div>
${found.length > 0 ? html`<ul class="grid">${found.map(card)}</ul>` : empty(data)}
${found.length > 0 ? html`<p class="hint count">${count(found.length, services.length)}</p>` : null}`;
  return page({
    title: search === '' ? 'Services' : `Search: ${search}`,
    body,
    domain,
    aside: account(data),
    width: 'wide',
  });
}

/** Every word of the search must occur in the name, display name, description or host. */
export function findServices(services: readonly PortalService[], search: string): PortalService[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return services.filter((service) => {
    const text = [service.name, service.displayName, service.description, service.host].join('\n').toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

function recommended(said: PortalPage['recommendation']): Html | null {
  if (said === null) return null;
  return html`<p class="notice">${said.text} <a href="${link(said.url)}">${said.does}</a></p>
`;
}

function account({ signedInAs, accountUrl, accessRequestsUrl, signOutUrl, switchAccountUrl }: PortalPage): Html {
  return html`<div class="account"><span class="who">Signed in as <strong>${identityText(signedInAs)}</strong></span>
${accessRequestsUrl === null ? null : linkButton('Access requests', accessRequestsUrl)}
${linkButton('Switch account', switchAccountUrl)}
${linkButton('Account', accountUrl)}
${linkButton('Sign out', signOutUrl)}</div>`;
}

function searchForm({ portalUrl, search }: PortalPage): Html {
  return html`<form class="search" role="search" method="get" action="${link(portalUrl)}">
<label for="q" class="hidden">Search services</label>
<input id="q" type="search" name="q" value="${search}" placeholder="Search services" autocomplete="off" maxlength="200">
<button class="button plain" type="submit">Search</button></form>`;
}

function card({ name, displayName, description, url, host }: PortalService): Html {
  const title = displayName ?? name;
  return html`<li><a class="service" href="${link(url)}">
<span class="icon tint-${tint(name)}" aria-hidden="true">${initials(title)}</span>
<span class="text"><span class="title">${title}</span>
${description === null ? null : html`<span class="description">${description}</span>`}
<span class="host">${host}</span></span></a></li>`;
}

function empty(data: PortalPage): Html {
  return data.services.length === 0 ? nothingAllowed(data) : nothingFound(data);
}

function nothingAllowed({ signedInAs, domain }: PortalPage): Html {
  return html`<section class="empty"><h2>There is nothing here for you yet</h2>
<p>No service of ${domain} is open to <strong>${identityText(signedInAs)}</strong>.</p>
<p>Ask whoever manages access here to add you to a group or a policy, or switch to another account.</p></section>`;
}

function nothingFound({ search, portalUrl }: PortalPage): Html {
  return html`<section class="empty"><h2>No service matches “${search}”</h2>
<p>Services that you may not open are not listed, so it may be there and closed to you.</p>
<p class="actions">${linkButton('Show all services', portalUrl, 'primary')}</p></section>`;
}

function count(shown: number, all: number): string {
  const services = all === 1 ? 'service' : 'services';
  return shown === all ? `${all} ${services}` : `${shown} of ${all} ${services}`;
}
