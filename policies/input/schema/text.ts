import type { Field, Form, ObjectForm } from './field.ts';

/** A form as CEL writes its type; the words of a text as they are. */
export function formText(form: Form): string {
  switch (form.kind) {
    case 'list':
      return `list(${formText(form.of)})`;
    case 'map':
      return `map(string, ${formText(form.of)})`;
    case 'string':
      return form.words === undefined ? 'string' : form.words.map((word) => `"${word}"`).join(' | ');
    default:
      return form.kind;
  }
}

/**
 * A field and three levels below it, for people: name, type and meaning of each.
 *
 * @param path of the field: `ctx.request`
 */
export function fieldText(field: Field, path: string): string {
  const rows = [{ ...rowOf('', field, 0), name: path }, ...rowsOf(field.form, 1)];
  const nameWidth = Math.max(0, ...rows.map(({ name }) => name.length));
  const typeWidth = Math.max(0, ...rows.map(({ type }) => (type.length > WIDEST ? 0 : type.length)));
  const lines = rows.map(({ name, type, doc }) => `${name.padEnd(nameWidth)}  ${type.padEnd(typeWidth)}  ${doc}`);
  const more = rows.some(({ name }) => name.endsWith(CLOSED))
    ? ['…: there is more below; give its path to see it']
    : [];
  return [...lines, ...more].map((line) => `${line.trimEnd()}\n`).join('');
}

const LEVELS = 4;
/** What all resources have is shown only when it is asked for. */
const SHOWN_APART = 'metadata';
const CLOSED = ' …';
/** Longer types push what stands behind them to the right. */
const WIDEST = 32;

interface Row {
  readonly name: string;
  readonly type: string;
  readonly doc: string;
}

function rowsOf(form: Form, level: number): Row[] {
  const fields = objectIn(form)?.fields ?? {};
  return Object.entries(fields).flatMap(([name, field]) => [
    rowOf(name, field, level),
    ...(isOpen(name, level) ? rowsOf(field.form, level + 1) : []),
  ]);
}

function isOpen(name: string, level: number): boolean {
  return level < LEVELS - 1 && name !== SHOWN_APART;
}

function rowOf(name: string, { form, doc, isAbsent }: Field, level: number): Row {
  const isClosed = !isOpen(name, level) && objectIn(form) !== null;
  return {
    name: `${'  '.repeat(level)}${name}${isClosed ? CLOSED : ''}`,
    type: formText(form),
    doc: isAbsent && form.kind === 'dyn' ? `${doc} Always absent.` : doc,
  };
}

/** The object that a form is, or that its items are. */
export function objectIn(form: Form): ObjectForm | null {
  if (form.kind === 'object') return form;
  return form.kind === 'list' || form.kind === 'map' ? objectIn(form.of) : null;
}
