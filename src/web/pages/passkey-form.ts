import { type Html, html } from '../html.ts';
import { link } from '../link.ts';

export interface PasskeyForm {
  /** `create` makes a passkey, `get` shows one. */
  readonly does: 'create' | 'get';
  readonly action: string;
  readonly options: object;
  readonly ticket: string;
  readonly button: string;
  readonly look?: 'primary' | 'plain';
  /** Further fields. */
  readonly more?: Html | null;
}

/** A button that `passkey.js` brings to life: passkeys are the one thing that needs a script. */
export function passkeyForm({
  does,
  action,
  options,
  ticket,
  button,
  look = 'primary',
  more = null,
}: PasskeyForm): Html {
  return html`<form class="fields" method="post" action="${link(action)}" data-passkey="${does}" data-options="${JSON.stringify(options)}">
<input type="hidden" name="ticket" value="${ticket}">
<input type="hidden" name="answer" value="">
${more}
<p class="actions"><button class="button ${look}" type="submit" disabled>${button}</button></p>
<p class="problem" role="alert" hidden>That did not work, or was cancelled. You can try again.</p>
<noscript><p class="hint">Passkeys need JavaScript, which is switched off in this browser.</p></noscript>
</form>`;
}
