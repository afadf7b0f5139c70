import { type Html, html } from '../html.ts';
import { initials, tint } from '../initials.ts';
import { link } from '../link.ts';
import { identityText, linkButton, page, type SignedInAs } from '../page.ts';

export interface PortalPage {
  readonly domain: string;
  readonly signedInAs: SignedInAs;
  /** Those that this user may open or ask for, as the policies decide. */
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
  /** Its first page, or where access to it is asked for. */
  readonly url: string;
  readonly host: string;
  /** `second-factor`: it opens once one has been shown; `requestable`: access to it can be asked for. */
  readonly standing: 'open' | 'second-factor' | 'requestable';
  /** Address of its picture on this host; `null`: initials stand for it. */
  readonly icon: string | null;
}

/** The Services that this user may open, and those that this user may ask for. */
export function portalPage(data: PortalPage): Html {
  const { domain, services, search } = data;
  const found = findServices(services, search);
  const [closed, open] = [found.filter(isClosed), found.filter((service) => !isClosed(service))];
  const body = html`${recommended(data.recommendation)}<div class="portal-head"><h1>Services</h1>${services.length === 0 ? null : searchForm(data)}</div>
${open.length > 0 ? html`<ul class="grid">${open.map(card)}</ul>` : null}
${open.length === 0 && closed.length === 0 ? empty(data) : null}
${closed.length > 0 ? html`<section aria-labelledby="closed"><h2 id="closed">On request</h2><ul class="grid">${closed.map(card)}</ul></section>` : null}
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
<nav aria-label="Account">
${accessRequestsUrl === null ? null : html`<a href="${link(accessRequestsUrl)}">Access requests</a>`}
<a href="${link(accountUrl)}">Account</a>
<a href="${link(switchAccountUrl)}">Switch account</a>
<a href="${link(signOutUrl)}">Sign out</a></nav></div>`;
}

function searchForm({ portalUrl, search }: PortalPage): Html {
  return html`<form class="search" role="search" method="get" action="${link(portalUrl)}">
<label for="q" class="hidden">Search services</label>
<input id="q" type="search" name="q" value="${search}" placeholder="Search services" autocomplete="off" maxlength="200">
<button class="button plain" type="submit">Search</button></form>`;
}

function isClosed({ standing }: PortalService): boolean {
  return standing === 'requestable';
}

const MARKS = {
  open: null,
  'second-factor': html`<span class="needs">Needs your second factor</span>`,
  requestable: html`<span class="needs">Request access</span>`,
} as const;

function card(service: PortalService): Html {
  const { name, displayName, description, url, host, standing } = service;
  const title = displayName ?? name;
  return html`<li><a class="service" href="${link(url)}">
${picture(service, title)}
<span class="text"><span class="title">${title}</span>
${description === null ? null : html`<span class="description">${description}</span>`}
${MARKS[standing]}<span class="host">${host}</span></span></a></li>`;
}

/** The title beside it says the same, so it has no words of its own. */
function picture({ name, icon }: PortalService, title: string): Html {
  if (icon !== null) return html`<img class="icon picture" src="${link(icon)}" alt="" width="46" height="46">`;
  return html`<span class="icon tint-${tint(name)}" aria-hidden="true">${initials(title)}</span>`;
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
