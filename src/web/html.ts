/** Markup by the name of the slot that it takes the place of. */
export type Filling = ReadonlyMap<string, Html>;

/** A place whose content whoever sends the markup may replace. */
interface Slot {
  readonly slot: string;
  readonly otherwise: string;
}

/** Markup that is safe to send: made by `html`, which escapes whatever is not markup itself. */
export class Html {
  readonly #parts: readonly (string | Slot)[];

  private constructor(parts: readonly (string | Slot)[]) {
    this.#parts = parts;
  }

  /** Assembles a template. The one way to make an instance, beside `slot`. */
  static assemble(strings: readonly string[], values: readonly HtmlValue[]): Html {
    const parts: (string | Slot)[] = [];
    append(parts, strings[0] ?? '');
    for (let i = 0; i < values.length; i++) {
      for (const part of render(values[i] as HtmlValue)) append(parts, part);
      append(parts, strings[i + 1] as string);
    }
    return new Html(parts);
  }

  static slot(slot: string, otherwise: Html): Html {
    return new Html([{ slot, otherwise: otherwise.toString() }]);
  }

  /** The parts of some markup, for assembling more. */
  static partsOf(markup: Html): readonly (string | Slot)[] {
    return markup.#parts;
  }

  /** The same with other markup in its slots. */
  filled(filling: Filling): Html {
    const fill = (part: string | Slot) =>
      typeof part === 'string' ? part : (filling.get(part.slot)?.toString() ?? part.otherwise);
    return new Html(this.#parts.map(fill));
  }

  toString(): string {
    return this.#parts.map((part) => (typeof part === 'string' ? part : part.otherwise)).join('');
  }
}

/** `null` gives nothing, a list its elements one after another. */
export type HtmlValue = Html | string | number | null | readonly HtmlValue[];

/** A template whose values are escaped, for text and for attributes in double quotes alike. */
export function html(strings: TemplateStringsArray, ...values: HtmlValue[]): Html {
  return Html.assemble(strings, values);
}

/** Text after text is one part. */
function append(parts: (string | Slot)[], part: string | Slot): void {
  const last = parts.at(-1);
  if (typeof part === 'string' && typeof last === 'string') parts[parts.length - 1] = last + part;
  else parts.push(part);
}

function render(value: HtmlValue): readonly (string | Slot)[] {
  if (value === null) return [];
  if (value instanceof Html) return Html.partsOf(value);
  if (typeof value === 'string') return [escapeHtml(value)];
  return typeof value === 'number' ? [String(value)] : value.flatMap(render);
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
