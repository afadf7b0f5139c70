import { type Html, html } from '../html.ts';
import { linkButton, page } from '../page.ts';
import { problemText } from './code-form.ts';
import { labelField } from './enrol-totp.ts';
import { type PasskeyForm, passkeyForm } from './passkey-form.ts';

export interface EnrolPasskeyPage {
  readonly domain: string;
  readonly passkey: Pick<PasskeyForm, 'action' | 'options' | 'ticket'>;
  readonly accountUrl: string;
  readonly problem: string | null;
}

export function enrolPasskeyPage({ domain, passkey, accountUrl, problem }: EnrolPasskeyPage): Html {
  const body = html`<article class="card">
<h1>Add a passkey</h1>
<p class="lead">of this device, of your telephone, or of a security key</p>
${problemText(problem)}
${passkeyForm({ ...passkey, does: 'create', button: 'Add a passkey', more: labelField('Passkey') })}
<p class="actions">${linkButton('Cancel', accountUrl)}</p>
</article>`;
  return page({ title: 'Add a passkey', body, domain, scripts: ['passkey.js'] });
}
