import { durationField } from '../durations.ts';
import { facts } from '../facts.ts';
import { type Html, html } from '../html.ts';
import { link } from '../link.ts';
import { identityText, linkButton, page, type SignedInAs } from '../page.ts';
import { durationText, timeText } from '../time-text.ts';

/** How a request for access stands; times and durations are milliseconds. */
export interface AccessStanding {
  readonly id: string;
  readonly state: 'open' | 'granted' | 'refused' | 'revoked' | 'expired';
  readonly reason: string;
  readonly wanted: number;
  readonly askedAt: number;
  readonly decidedBy: string | null;
  readonly until: number | null;
}

export interface AskAccessPage {
  readonly domain: string;
  readonly signedInAs: SignedInAs;
  /** As it is sent, and as it is called. */
  readonly service: string;
  readonly title: string;
  /** `null`: it has no page of its own to go to. */
  readonly serviceUrl: string | null;
  readonly approvers: readonly string[];
  /** Where the form is posted. */
  readonly action: string;
  readonly longest: number;
  readonly proposed: number;
  readonly former: AccessStanding | null;
  /** Why what was sent is not accepted. */
  readonly problem: string | null;
  readonly reason: string;
  readonly portalUrl: string;
}

export const STATE_WORDS: Readonly<Record<AccessStanding['state'], string>> = {
  open: 'Waits for a decision',
  granted: 'Granted',
  refused: 'Refused',
  revoked: 'Revoked before its time was over',
  expired: 'Expired',
};

/** Where somebody whom a policy denies asks for access for a while, and sees what became of it. */
export function askAccessPage(data: AskAccessPage): Html {
  const { domain, title, signedInAs, former, portalUrl } = data;
  const body = html`<article class="card">
<h1>${heading(data)}</h1>
<p class="lead">You are signed in as <strong>${identityText(signedInAs)}</strong>.</p>
${former === null ? null : standing(former)}
${isWaiting(former) ? whom(data) : form(data)}
<p class="actions">${former?.state === 'granted' && data.serviceUrl !== null ? linkButton(`Open ${title}`, data.serviceUrl, 'primary') : null}
${linkButton('To the portal', portalUrl)}</p>
</article>`;
  return page({ title: `Access to ${title}`, body, domain });
}

function heading({ former, title }: AskAccessPage): string {
  if (former?.state === 'open') return `You have asked for access to ${title}`;
  return former?.state === 'granted' ? `You have access to ${title}` : `Ask for access to ${title}`;
}

function isWaiting(former: AccessStanding | null): boolean {
  return former?.state === 'open' || former?.state === 'granted';
}

function standing({ state, reason, wanted, askedAt, until, id }: AccessStanding): Html {
  return facts([
    { name: 'Your request', value: STATE_WORDS[state] },
    { name: 'Until', value: state === 'granted' && until !== null ? timeText(until) : null },
    { name: 'Asked', value: `${timeText(askedAt)}, for ${durationText(wanted)}` },
    { name: 'Reason', value: reason },
    { name: 'ID', value: id, exact: true },
  ]);
}

function whom({ approvers }: AskAccessPage): Html | null {
  return approvers.length === 0 ? null : html`<p>Whom to ask: ${approvers.join(', ')}.</p>`;
}

function form(data: AskAccessPage): Html {
  return html`${data.problem === null ? null : html`<p class="problem" role="alert">Not sent: ${data.problem}.</p>`}
<form method="post" action="${link(data.action)}">
<input type="hidden" name="service" value="${data.service}">
<p class="field"><label for="reason">Why do you need it?</label>
<textarea id="reason" name="reason" rows="4" maxlength="1000" required>${data.reason}</textarea></p>
<p class="field"><label for="duration">For how long?</label>${durationField('duration', data.longest, data.proposed)}</p>
${whom(data)}
<p class="actions"><button class="button primary" type="submit">Ask for access</button></p>
</form>`;
}
