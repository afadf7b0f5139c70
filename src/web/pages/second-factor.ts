import { type Html, html } from '../html.ts';
import { identityText, linkButton, page, type SignedInAs } from '../page.ts';
import { codeForm, problemText } from './code-form.ts';
import { type PasskeyForm, passkeyForm } from './passkey-form.ts';

export interface SecondFactorPage {
  readonly domain: string;
  readonly who: SignedInAs;
  /** Where the reader is on the way to. */
  readonly host: string;
  /** Where a code is posted; `null`: the reader has no app and no recovery codes. */
  readonly codeAction: string | null;
  /** There is one that does not count yet. */
  readonly isWaiting: boolean;
  readonly passkey: Pick<PasskeyForm, 'action' | 'options' | 'ticket'> | null;
  readonly problem: string | null;
  readonly accountUrl: string;
  readonly portalUrl: string;
}

/** Asks for a second factor, or says how to get one. */
export function secondFactorPage(data: SecondFactorPage): Html {
  const { domain, codeAction, passkey } = data;
  const body = codeAction === null && passkey === null ? nothingYet(data) : question(data);
  return page({ title: 'Second factor', body, domain, scripts: passkey === null ? [] : ['passkey.js'] });
}

function question({ who, host, codeAction, passkey, problem, portalUrl }: SecondFactorPage): Html {
  return html`<article class="card">
<h1>Show your second factor</h1>
<p class="lead">to go on to <strong>${host}</strong> as ${identityText(who)}</p>
${problemText(problem)}
${passkey === null ? null : passkeyForm({ ...passkey, does: 'get', button: 'Use a passkey' })}
${passkey === null || codeAction === null ? null : html`<p class="or">or</p>`}
${codeAction === null ? null : codeForm({ action: codeAction, label: 'Code of your app, or a recovery code', button: 'Continue', kind: 'any', problem })}
<p class="actions">${linkButton('Back to the services', portalUrl)}</p>
</article>`;
}

function nothingYet(data: SecondFactorPage): Html {
  const { host, accountUrl, portalUrl } = data;
  if (data.isWaiting) return waiting(data);
  return html`<article class="card">
<h1>Set up a second factor</h1>
<p class="lead">to go on to <strong>${host}</strong></p>
<p>You have none yet. Your account takes a passkey or an authenticator app; open the address again when you have one.</p>
<p class="actions">${linkButton('Set it up in your account', accountUrl, 'primary')}
${linkButton('Back to the services', portalUrl)}</p>
</article>`;
}

function waiting({ host, portalUrl }: SecondFactorPage): Html {
  return html`<article class="card">
<h1>Your second factor is not active yet</h1>
<p class="lead">to go on to <strong>${host}</strong></p>
<p>Whoever manages access here has to confirm it first. Open the address again after that.</p>
<p class="actions">${linkButton('Back to the services', portalUrl)}</p>
</article>`;
}
