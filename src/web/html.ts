/** Markup that is safe to send: made by `html`, which escapes whatever is not markup itself. */
export class Html {
  readonly #markup: string;

  private constructor(markup: string) {
    this.#markup = markup;
  }

  /** Assembles a template. The one way to make an instance. */
  static assemble(strings: readonly string[], values: readonly HtmlValue[]): Html {
    let markup = strings[0] ?? '';
    for (let i = 0; i < values.length; i++) markup += render(values[i] as HtmlValue) + strings[i + 1];
    return new Html(markup);
  }

  toString(): string {
    return this.#markup;
  }
}

/** `null` gives nothing, a list its elements one after another. */
export type HtmlValue = Html | string | number | null | readonly HtmlValue[];

/** A template whose values are escaped, for text and for attributes in double quotes alike. */
export function html(strings: TemplateStringsArray, ...values: HtmlValue[]): Html {
  return Html.assemble(strings, values);
}

function render(value: HtmlValue): string {
  if (value === null) return '';
  if (value instanceof Html) return value.toString();
  if (typeof value === 'string') return escapeHtml(value);
  return typeof value === 'number' ? String(value) : value.map(render).join('');
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"'`]/g, (character) => ESCAPES[character] as string);
}
