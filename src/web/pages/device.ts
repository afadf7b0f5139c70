import { type Html, html } from '../html.ts';
import { link } from '../link.ts';
import { identityText, linkButton, page, type SignedInAs } from '../page.ts';

interface DevicePage {
  readonly domain: string;
  readonly signedInAs: SignedInAs;
}

export interface DeviceCodePage extends DevicePage {
  /** Where the form is posted. */
  readonly action: string;
  /** What the field holds already. */
  readonly userCode: string;
  readonly problem: 'unknown' | 'too-many' | null;
}

const PROBLEMS = {
  unknown: 'Nothing is waiting for this code. It may have expired: start again on the device.',
  'too-many': 'Too many codes did not fit. Try again in a minute.',
} as const;

/** Asks for the code that a device, such as a terminal, shows. */
export function deviceCodePage({ domain, signedInAs, action, userCode, problem }: DeviceCodePage): Html {
  const body = html`<article class="card">
<h1>Connect a device</h1>
<p class="lead">Enter the code that the device or terminal shows. You are signed in as <strong>${identityText(signedInAs)}</strong>.</p>
${problem === null ? null : html`<p class="problem" role="alert">${PROBLEMS[problem]}</p>`}
<form class="fields" method="post" action="${link(action)}">
<label for="user_code">Code</label>
<input class="code" id="user_code" name="user_code" value="${userCode}" autocomplete="off" autocapitalize="characters" spellcheck="false" maxlength="16" required placeholder="XXXX-XXXX">
<p class="actions"><button class="button primary" type="submit">Continue</button></p>
</form>
</article>`;
  return page({ title: 'Connect a device', body, domain });
}

export interface ConfirmDevicePage extends DevicePage {
  readonly action: string;
  readonly userCode: string;
  /** Where the device is, as far as we know. */
  readonly clientAddress: string;
  /** None: whatever the user may do. */
  readonly scopes: readonly string[];
}

/** RFC 8628 5.4: whoever was sent a link must see that it is not their own device that asks. */
export function confirmDevicePage(device: ConfirmDevicePage): Html {
  const { domain, signedInAs, action, userCode, clientAddress, scopes } = device;
  const body = html`<article class="card">
<h1>Is this your device?</h1>
<p class="lead">A command line at <strong>${clientAddress}</strong> shows the code <strong>${userCode}</strong> and asks to act as <strong>${identityText(signedInAs)}</strong>.</p>
<p>${scopes.length === 0 ? 'It could do everything that you may do.' : `It could use: ${scopes.join(', ')}.`}</p>
<p>Go on only if you started this yourself and the code is the same. If somebody sent you the code or a link, deny it.</p>
<form class="actions" method="post" action="${link(action)}">
<input type="hidden" name="user_code" value="${userCode}">
<button class="button primary" type="submit" name="decision" value="approve">Connect it</button>
<button class="button plain" type="submit" name="decision" value="deny">Deny</button>
</form>
</article>`;
  return page({ title: 'Is this your device?', body, domain });
}

export interface DeviceDecidedPage {
  readonly domain: string;
  readonly outcome: 'approve' | 'deny' | 'too-late';
}

const OUTCOMES = {
  approve: ['The device is connected', 'It goes on by itself. You can close this page.'],
  deny: ['The device was denied', 'Nothing was given to it.'],
  'too-late': ['The code is no longer valid', 'It has expired or was decided on before. Start again on the device.'],
} as const;

export function deviceDecidedPage({ domain, outcome }: DeviceDecidedPage): Html {
  const [title, text] = OUTCOMES[outcome];
  const body = html`<article class="card tone-done">
<h1>${title}</h1>
<p class="lead">${text}</p>
<p class="actions">${linkButton('To the services', '/', 'primary')}</p>
</article>`;
  return page({ title, body, domain });
}
