import { type Html, html } from '../html.ts';
import { linkButton, page } from '../page.ts';
import { type QrMatrix, qrMatrix } from '../qr.ts';
import { codeForm, problemText } from './code-form.ts';

export interface EnrolTotpPage {
  readonly domain: string;
  /** `otpauth:` */
  readonly uri: string;
  /** In base32. */
  readonly key: string;
  readonly action: string;
  readonly accountUrl: string;
  readonly problem: string | null;
}

/** The key for an authenticator app, as a picture and as text, and the field for its first code. */
export function enrolTotpPage({ domain, uri, key, action, accountUrl, problem }: EnrolTotpPage): Html {
  const matrix = qrMatrix(uri);
  const body = html`<article class="card">
<h1>Add an authenticator app</h1>
${problemText(problem)}
<ol class="steps">
<li>Scan this with the app${matrix === null ? null : html`:<div class="qr">${picture(matrix)}</div>`}
<p>Or type the key: <code class="key">${key.match(/.{1,4}/g)!.join(' ')}</code></p></li>
<li>Type the code that the app shows:
${codeForm({ action, label: 'Code', button: 'Add', kind: 'digits', more: labelField('Authenticator app'), problem })}</li>
</ol>
<p class="actions">${linkButton('Cancel', accountUrl)}</p>
</article>`;
  return page({ title: 'Add an authenticator app', body, domain });
}

export function labelField(value: string): Html {
  return html`<p><label for="label">Name of it, for you</label>
<input id="label" name="label" type="text" value="${value}" autocomplete="off" maxlength="64"></p>`;
}

/** Four light modules around it (ISO/IEC 18004 6.3.8); dark on light in both colour schemes, or readers fail. */
function picture(matrix: QrMatrix): Html {
  const side = matrix.length + 8;
  const path = matrix.flatMap((row, r) => row.map((dark, c) => (dark ? `M${c + 4} ${r + 4}h1v1h-1z` : ''))).join('');
  return html`<svg viewBox="0 0 ${side} ${side}" role="img" aria-label="QR code with the key below" shape-rendering="crispEdges"><rect width="${side}" height="${side}" fill="#fff"/><path d="${path}" fill="#000"/></svg>`;
}
