import { type Html, html } from '../html.ts';
import { link } from '../link.ts';

export interface CodeForm {
  readonly action: string;
  readonly label: string;
  readonly button: string;
  /** Whether letters may come too, as in recovery codes. */
  readonly kind: 'digits' | 'any';
  /** Further fields. */
  readonly more?: Html | null;
  /** What was wrong with the last one. */
  readonly problem: string | null;
}

/** A field for a one-time code. Not `type=number`: codes begin with zeros. */
export function codeForm({ action, label, button, kind, more = null, problem }: CodeForm): Html {
  const mode = kind === 'digits' ? 'numeric' : 'text';
  return html`<form class="fields" method="post" action="${link(action)}">
<p><label for="code">${label}</label>
<input id="code" class="code" name="code" type="text" inputmode="${mode}" autocomplete="one-time-code" autocapitalize="characters" spellcheck="false" maxlength="40" required autofocus${problem === null ? null : html` aria-invalid="true" aria-describedby="problem"`}></p>
${more}
<p class="actions"><button class="button primary" type="submit">${button}</button></p>
</form>`;
}

/** Said before anything else, also by screen readers. */
export function problemText(problem: string | null): Html | null {
  return problem === null ? null : html`<p id="problem" class="problem" role="alert">${problem}</p>`;
}
