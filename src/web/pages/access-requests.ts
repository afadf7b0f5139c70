import { durationField } from '../durations.ts';
import { facts } from '../facts.ts';
import { type Html, html } from '../html.ts';
import { link } from '../link.ts';
import { identityText, linkButton, page, type SignedInAs } from '../page.ts';
import { durationText, timeText } from '../time-text.ts';
import { type AccessStanding, STATE_WORDS } from './ask-access.ts';

export interface ListedRequest extends AccessStanding {
  readonly user: SignedInAs;
  readonly service: string;
  /** The longest that may be granted, in milliseconds. */
  readonly longest: number;
  readonly approveUrl: string;
  readonly refuseUrl: string;
  readonly revokeUrl: string;
}

export interface AccessRequestsPage {
  readonly domain: string;
  readonly signedInAs: SignedInAs;
  readonly toDecide: readonly ListedRequest[];
  readonly own: readonly ListedRequest[];
  readonly problem: string | null;
  readonly portalUrl: string;
}

/** What waits for this person's decision, what runs, what came of the rest, and what this person asked for. */
export function accessRequestsPage(data: AccessRequestsPage): Html {
  const { domain, toDecide, own, problem, portalUrl } = data;
  const of = (...states: readonly AccessStanding['state'][]) => toDecide.filter(({ state }) => states.includes(state));
  const open = of('open');
  const body = html`<div class="portal-head"><h1>Access requests</h1>${linkButton('To the portal', portalUrl)}</div>
<p class="hint">You are signed in as ${identityText(data.signedInAs)}.</p>
${problem === null ? null : html`<p class="problem" role="alert">Not done: ${problem}.</p>`}
${open.length > 0 ? section('Waiting for you', open.map(openCard)) : html`<p>Nothing waits for your decision.</p>`}
${section('Granted', of('granted').map(grantedCard))}
${section('Earlier', of('refused', 'revoked', 'expired').map(plainCard))}
${section('Asked for by you', own.map(plainCard))}`;
  return page({ title: 'Access requests', body, domain, width: 'wide' });
}

function section(title: string, cards: readonly Html[]): Html | null {
  return cards.length === 0 ? null : html`<section><h2>${title}</h2><ul class="requests">${cards}</ul></section>`;
}

function card(request: ListedRequest, actions: Html | null): Html {
  const { user, service, reason, wanted, askedAt, state, decidedBy, until, id } = request;
  return html`<li class="request"><h3>${identityText(user)} · ${service}</h3>
${facts([
  { name: 'State', value: STATE_WORDS[state] },
  { name: 'Reason', value: reason },
  { name: 'Asked', value: `${timeText(askedAt)}, for ${durationText(wanted)}` },
  { name: 'Decided by', value: decidedBy },
  { name: state === 'granted' ? 'Ends' : 'Was to end', value: until === null ? null : timeText(until) },
  { name: 'ID', value: id, exact: true },
])}${actions}</li>`;
}

function plainCard(request: ListedRequest): Html {
  return card(request, null);
}

/** An approval may be for less than was asked for, never for more. */
function openCard(request: ListedRequest): Html {
  const most = Math.min(request.wanted, request.longest);
  const field = `duration-${request.id}`;
  const allow = `ALLOW for ${request.service}`;
  return card(
    request,
    html`<p class="hint">Approving adds the policy access-grant: ${allow}, for this user alone. DENY rules still hold.</p>
<div class="actions"><form method="post" action="${link(request.approveUrl)}"><label for="${field}">For</label>
${durationField(field, most, most)}
<button class="button primary" type="submit">Approve</button></form>
<form method="post" action="${link(request.refuseUrl)}"><button class="button plain" type="submit">Refuse</button></form></div>`,
  );
}

function grantedCard(request: ListedRequest): Html {
  return card(
    request,
    html`<form class="actions" method="post" action="${link(request.revokeUrl)}"><button class="button plain" type="submit">Revoke now</button></form>`,
  );
}
