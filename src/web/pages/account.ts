import { facts } from '../facts.ts';
import { type Html, html } from '../html.ts';
import { link } from '../link.ts';
import { identityText, linkButton, page, type SignedInAs } from '../page.ts';

export interface AccountPage {
  readonly domain: string;
  readonly who: SignedInAs;
  readonly groups: readonly string[];
  readonly sessions: readonly AccountSession[];
  readonly factors: readonly AccountFactor[];
  readonly recoveryCodes: number;
  /** Where to show a second factor before any is changed; `null`: they may be changed now. */
  readonly showFactorUrl: string | null;
  /** Where to sign in again before the first one is added; `null`: it may be added now. */
  readonly signInAgainUrl: string | null;
  readonly urls: {
    readonly portal: string;
    readonly endSessions: string;
    readonly removeFactor: string;
    readonly addTotp: string;
    readonly addPasskey: string;
    readonly recoveryCodes: string;
  };
}

export interface AccountSession {
  readonly name: string;
  readonly isThis: boolean;
  readonly isBrowser: boolean;
  /** A browser or a program, in a word or two. */
  readonly what: string;
  readonly facts: readonly string[];
}

export interface AccountFactor {
  readonly name: string;
  readonly label: string;
  readonly facts: readonly string[];
  readonly isActive: boolean;
}

/** What a person has here: who they are, where they are signed in, and their second factors. */
export function accountPage(data: AccountPage): Html {
  const { domain, who, groups, urls } = data;
  const body = html`<div class="portal-head"><h1>Your account</h1>${linkButton('Services', urls.portal)}</div>
<section class="card" aria-labelledby="about"><h2 id="about">About you</h2>
${facts([
  { name: 'Name', value: who.displayName ?? who.name },
  { name: 'User', value: who.name, exact: true },
  { name: 'E-mail', value: who.email },
  { name: 'Groups', value: groups.length === 0 ? 'none' : groups.join(', ') },
])}</section>
${factors(data)}
${sessions(data)}`;
  return page({
    title: 'Your account',
    body,
    domain,
    width: 'wide',
    aside: html`<div class="account"><span class="who">Signed in as <strong>${identityText(who)}</strong></span></div>`,
  });
}

function factors(data: AccountPage): Html {
  const { factors: list, showFactorUrl } = data;
  return html`<section class="card" aria-labelledby="factors"><h2 id="factors">Second factors</h2>
<p>A second factor shows that it is you, beside your sign-in. Some services ask for one.</p>
${list.length === 0 ? html`<p class="hint">You have none yet.</p>` : html`<ul class="rows">${list.map((one) => factor(one, data))}</ul>`}
${showFactorUrl === null ? whatNext(data) : html`<p class="actions">${linkButton('Show your second factor to change them', showFactorUrl, 'primary')}</p>`}
</section>`;
}

function factor({ name, label, facts: known, isActive }: AccountFactor, { showFactorUrl, urls }: AccountPage): Html {
  return html`<li><div class="row-text"><strong>${label}</strong>${isActive ? null : html` <span class="mark-word waiting">not active</span>`}
<span class="hint">${known.join(' · ')}</span></div>
${showFactorUrl === null ? postButton(urls.removeFactor, 'factor', name, html`Remove<span class="hidden"> ${label}</span>`) : null}</li>`;
}

function whatNext(data: AccountPage): Html {
  const { signInAgainUrl } = data;
  if (signInAgainUrl === null) return changes(data);
  return html`<p>You signed in a while ago.</p><p class="actions">${linkButton('Sign in again to add one', signInAgainUrl, 'primary')}</p>`;
}

function changes({ factors: list, recoveryCodes, urls }: AccountPage): Html {
  return html`<div class="actions">
${linkButton('Add a passkey', urls.addPasskey, 'primary')}
${form(urls.addTotp, html`<button class="button plain" type="submit">Add an authenticator app</button>`)}
</div>
${list.some(({ isActive }) => isActive) ? recovery(recoveryCodes, urls.recoveryCodes) : null}`;
}

function recovery(left: number, url: string): Html {
  return html`<h3>Recovery codes</h3>
<p>Each lets you in once, if you have lost everything else. ${left} of 10 are left.</p>
<div class="actions">${form(url, html`<button class="button plain" type="submit">Make new recovery codes</button>`)}</div>`;
}

function sessions({ sessions: list, urls }: AccountPage): Html {
  const row = (one: AccountSession) => session(one, urls.endSessions);
  const programs = list.filter(({ isBrowser }) => !isBrowser);
  return html`<section class="card" aria-labelledby="sessions"><h2 id="sessions">Where you are signed in</h2>
<ul class="rows">${list.filter(({ isBrowser }) => isBrowser).map(row)}</ul>
${list.length < 2 ? null : html`<div class="actions">${postButton(urls.endSessions, 'others', '1', html`End all others${programs.length === 0 ? null : ', and all programs'}`)}</div>`}
</section>
<section class="card" aria-labelledby="programs"><h2 id="programs">Programs that act for you</h2>
<p>Each has a token of yours. What you end cannot be used from then on.</p>
${programs.length === 0 ? html`<p class="hint">There are none.</p>` : html`<ul class="rows">${programs.map(row)}</ul>`}
</section>`;
}

function session({ name, isThis, what, facts: known }: AccountSession, url: string): Html {
  return html`<li><div class="row-text"><strong>${what}</strong>${isThis ? html` <span class="mark-word">this one</span>` : null}
<span class="hint">${known.join(' · ')}</span></div>
${isThis ? null : postButton(url, 'session', name, html`End<span class="hidden"> ${name}</span>`)}</li>`;
}

function postButton(action: string, name: string, value: string, text: Html): Html {
  return form(
    action,
    html`<button class="button plain" type="submit" name="${name}" value="${value}">${text}</button>`,
  );
}

function form(action: string, content: Html): Html {
  return html`<form method="post" action="${link(action)}">${content}</form>`;
}
