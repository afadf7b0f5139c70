/** What expressions see, as a tree: the types are made from it, the documentation, and the JSON Schema. */
export type Form = Simple | ListForm | MapForm | ObjectForm;

export interface Simple {
  readonly kind: 'string' | 'int' | 'bool' | 'timestamp' | 'bytes' | 'dyn';
  /** Of a string: the only ones that there are. */
  readonly words?: readonly string[];
  /** Those that are known and will be there later: no request has them yet. */
  readonly later?: readonly string[];
}

export interface ListForm {
  readonly kind: 'list';
  readonly of: Form;
}

/** Any names; one form of values. */
export interface MapForm {
  readonly kind: 'map';
  readonly of: Form;
}

/** A closed list of names, each of which may be absent. */
export interface ObjectForm {
  readonly kind: 'object';
  readonly fields: Fields;
}

export type Fields = Readonly<Record<string, Field>>;

export interface Field {
  readonly form: Form;
  /** One line. */
  readonly doc: string;
  /** A known word that no request has yet. */
  readonly isAbsent: boolean;
  /** Whether it may be missing where what holds it is there; left out: that depends on more than the schema tells. */
  readonly isOptional?: boolean;
}

function simple(kind: Simple['kind']) {
  const form: Simple = { kind };
  return (doc: string): Field => field(form, doc);
}

export function field(form: Form, doc: string): Field {
  return { form, doc, isAbsent: false };
}

export function optional(given: Field): Field {
  return { ...given, isOptional: true };
}

export const string = simple('string');
export const int = simple('int');
export const timestamp = simple('timestamp');
export const bytes = simple('bytes');

export function strings(doc: string): Field {
  return field(listOf({ kind: 'string' }), doc);
}

export function listOf(of: Form): ListForm {
  return { kind: 'list', of };
}

export function mapOf(of: Form): MapForm {
  return { kind: 'map', of };
}

export function object(fields: Fields): ObjectForm {
  return { kind: 'object', fields };
}

/** Whatever it will be, an expression that names it is no mistake. */
export function absent(doc: string): Field {
  return { form: { kind: 'dyn' }, doc, isAbsent: true };
}
