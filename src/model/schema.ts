import { type Static, type TArray, type TObject, type TProperties, type TSchema, Type } from 'typebox';

/**
 * What a schema of ours says beyond JSON Schema. The names begin with `x-`, so that the exported JSON Schema may
 * carry them.
 */
export interface Annotations {
  /** Known and documented, but using it is an error; the value says what it comes with. */
  readonly 'x-planned'?: string;
  /** What to use in the meantime. */
  readonly 'x-instead'?: string;
  /** The same for single words of an enumeration. */
  readonly 'x-planned-values'?: Readonly<Record<string, string>>;
  /** Accepted with a warning; the value says what happens until it is implemented. */
  readonly 'x-until-then'?: string;
  /** Groups of keys of which exactly one must be there. */
  readonly 'x-exactly-one'?: readonly (readonly string[])[];
  /** Groups of keys of which at most one may be there. */
  readonly 'x-at-most-one'?: readonly (readonly string[])[];
  /** What is expected here, in words; one mistake anywhere inside gives this one message. */
  readonly 'x-expected'?: string;
  /** What to write where text was given for a mapping. */
  readonly 'x-for-text'?: string;
  /** The value is confidential: diagnostics never quote it. */
  readonly 'x-secret'?: true;
  /** What the value must be beyond its type; a key of the table in `validate/formats.ts`. */
  readonly 'x-format'?: FormatName;
  /** The same for every key of a map. */
  readonly 'x-key-format'?: FormatName;
  /** The value is the name of a resource of this kind, which must exist. */
  readonly 'x-refers-to'?: ReferenceKind;
  /** No item may stand in the list twice. */
  readonly 'x-unique'?: 'error' | 'warning';
  /** No two items of the list may have the same value at this key. */
  readonly 'x-unique-by'?: string;
}

export type ReferenceKind = 'Policy' | 'Group' | 'User' | 'Secret' | 'IdentityProvider';

export type FormatName =
  | 'attrs'
  | 'base64'
  | 'cidr'
  | 'header-name'
  | 'header-value'
  | 'host'
  | 'http-url'
  | 'identity-header'
  | 'issuer-url'
  | 'logo'
  | 'match-path'
  | 'name'
  | 'origin'
  | 'pem'
  | 'regex'
  | 'rewrite-path'
  | 'scope'
  | 'secure-url'
  | 'template'
  | 'upstream-url';

export type Options = Annotations & { readonly title?: string; readonly description?: string };

/** An object that accepts the listed keys and no others. */
export function strict<P extends TProperties>(properties: P, options: Options = {}): TObject<P> {
  return Type.Object(properties, { ...options, additionalProperties: false });
}

/** A copy of `schema` with more annotations. */
export function annotate<S extends TSchema>(schema: S, options: Options): S {
  return Type.With(schema, { ...options }) as S;
}

/** An optional field that works. */
export function field<S extends TSchema>(schema: S, description: string) {
  return Type.Optional(annotate(schema, { description }));
}

/** A required field. */
export function required<S extends TSchema>(schema: S, description: string): S {
  return annotate(schema, { description });
}

/** An optional field that is known and has a shape, but is refused until `comesWith` is implemented. */
export function planned<S extends TSchema>(schema: S, comesWith: string, instead?: string) {
  const description = `Not implemented yet: it comes with ${comesWith}.`;
  const hint = instead === undefined ? {} : { 'x-instead': instead };
  return Type.Optional(annotate(schema, { 'x-planned': comesWith, description, ...hint }));
}

export function list<S extends TSchema>(items: S, maxItems: number): TArray<S> {
  return Type.Array(items, { maxItems });
}

/** A schema whose static type is stated rather than inferred. */
export function typed<T>(schema: TSchema) {
  return Type.Unsafe<T>(schema);
}

export type { Static, TSchema };
