import { Type } from 'typebox';
import type { DurationObject } from '../base/duration.ts';
import type { SecretValue } from '../base/secret-value.ts';
import { annotate, type FormatName, field, list, type ReferenceKind, required, strict, typed } from './schema.ts';

export const Bool = Type.Boolean();
export const Text = Type.String();
export const Anything = Type.Unknown();

export function text(maxLength: number) {
  return Type.String({ maxLength });
}

/** Text that must be more than text: see `validate/formats.ts`. */
export function formatted(format: FormatName, maxLength: number) {
  return Type.String({ maxLength, 'x-format': format });
}

export function whole(minimum: number, maximum: number = Number.MAX_SAFE_INTEGER) {
  return Type.Integer({ minimum, maximum });
}

export function words<const W extends readonly string[]>(...allowed: W) {
  return typed<W[number]>(Type.Enum([...allowed]));
}

/** An enumeration of which some words are known but not implemented yet: word -> what it comes with. */
export function wordsWithPlanned<const W extends readonly string[]>(
  allowed: W,
  plannedWords: { readonly [K in W[number]]?: string },
) {
  return annotate(words(...allowed), { 'x-planned-values': plannedWords as Record<string, string> });
}

const NAME_PATTERN = '^[a-z](?!.*--)[a-z0-9-]{0,38}[a-z0-9]$';
const DURATION_PATTERN = '^[0-9]{1,12}(ms|s|m|h|d|w)$';

/** One part of a resource name (octelium.md: lower-case letter first, 2 to 40 characters, no double hyphen). */
export const NAME_RULE = new RegExp(NAME_PATTERN);
export const NAME_RULE_IN_WORDS =
  'a name of 2 to 40 lower-case letters, digits and single hyphens, that begins with a letter and ends with a letter or digit';

export const SimpleName = Type.String({ pattern: NAME_PATTERN, 'x-expected': NAME_RULE_IN_WORDS });

/** A reference by name; whether the resource exists is checked once everything has been read. */
export function nameOf(kind: ReferenceKind) {
  return Type.String({ minLength: 1, maxLength: 128, 'x-refers-to': kind });
}

/** A list of references; naming one twice changes nothing. */
export function namesOf(kind: ReferenceKind) {
  return annotate(list(nameOf(kind), 100), { 'x-unique': 'warning' });
}

/** A name of something inside the same resource, or of something that is not implemented yet. */
export const LocalName = Type.String({ minLength: 1, maxLength: 128 });

/** RFC 3339. */
export const Timestamp = Type.String({
  pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})$',
  'x-expected': 'a time such as 2030-01-31T12:00:00Z',
});

const count = Type.Optional(Type.Integer({ minimum: 1 }));

/** `{seconds: 5}` or `5s`; `durationMs` gives its milliseconds. */
export const Duration = annotate(
  typed<string | DurationObject>(
    Type.Union([
      Type.String({ pattern: DURATION_PATTERN }),
      Type.Object(
        { milliseconds: count, seconds: count, minutes: count, hours: count, days: count, weeks: count, months: count },
        { additionalProperties: false, minProperties: 1, maxProperties: 1 },
      ),
    ]),
  ),
  { 'x-expected': 'a duration such as 5s, 30d or {seconds: 5}' },
);
export type Duration = string | DurationObject;

/** Free-form values that conditions can read; keys must be camelCase at every level. */
export const Attrs = Type.Record(Type.String(), Type.Unknown(), { 'x-format': 'attrs' });
export type Attrs = Record<string, unknown>;

/** Server-owned state whose shape is not part of the language. */
export const OpenStatus = Type.Record(Type.String(), Type.Unknown());

/** `{fromSecret: NAME}`: the value of a Secret. */
export const FromSecret = strict(
  { fromSecret: required(nameOf('Secret'), 'Name of the Secret.') },
  {
    description: 'The value of a Secret, by its name.',
    'x-secret': true, // a secret is often written here by mistake
    'x-expected': 'a reference such as {fromSecret: NAME}',
  },
);
export type FromSecret = { fromSecret: string };

/** A confidential value: text in YAML, a `SecretValue` as soon as it has been read. */
export const Confidential = annotate(typed<SecretValue>(Type.String({ maxLength: 512 * 1024 })), { 'x-secret': true });

export const isDisabled = field(Bool, 'Switched off.');
export const attrs = field(Attrs, 'Free-form values that conditions can read; keys are camelCase.');
