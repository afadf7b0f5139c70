import { type Document, isScalar, parse, parseDocument, type ScalarTag, stringify, type Tags, visit } from 'yaml';
import { BuiltinError, isObject, itemsOf, type RegoValue } from '../value.ts';
import { readValue } from '../value-reader.ts';
import { writeValue } from '../value-text.ts';
import { define, fail } from './builtin.ts';
import type { Work } from './work.ts';

/** What reading a character takes, and what writing a part of a value takes beside its text. */
const READING = 60;
const WRITING = 150;
/** Deeper values are not written: each line is indented. */
const DEEPEST = 100;
/** Of references to one anchor, all it stands for counted: a bomb has more. */
const MOST_ALIASES = 100;

export const YAML = [
  define('yaml.is_valid', ['string'], ([text], { work }) => !(read(text, work) instanceof BuiltinError)),
  define('yaml.unmarshal', ['string'], ([text], { work }) => read(text, work)),
  define('yaml.marshal', ['any'], ([value], { work }) => write(value, work)),
];

/** As OPA reads them, which has those of YAML 1.1 too: `010` is eight. */
const INTEGERS: readonly (readonly [form: RegExp, base: number])[] = [
  [/^[-+]?0b_*[01][01_]*$/, 2],
  [/^[-+]?0o?_*[0-7][0-7_]*$/, 8],
  [/^[-+]?0x_*[0-9a-fA-F][0-9a-fA-F_]*$/, 16],
  [/^[-+]?[0-9][0-9_]*$/, 10],
];

/** The parser's own look for repeated keys takes time that grows with the square of their number. */
const PARSING = {
  logLevel: 'silent',
  prettyErrors: false,
  uniqueKeys: false,
  customTags: (tags: Tags) => [...INTEGERS.map(([test, base]) => integerTag(test, base)), ...tags],
} as const;

function integerTag(test: RegExp, base: number): ScalarTag {
  return { tag: 'tag:yaml.org,2002:int', default: true, test, resolve: (text) => integerOf(text, base) };
}

function integerOf(text: string, base: number): number {
  const digits = text.replaceAll(/^[-+]?(?:0[box])?|_/g, '');
  return Number.parseInt(digits, base) * (text.startsWith('-') ? -1 : 1);
}

function read(text: string, work: Work): RegoValue | BuiltinError {
  work.charge(text.length * READING);
  try {
    const document = parseDocument(text, PARSING);
    if (document.errors.length > 0 || repeatsKeys(document)) return fail('the text is not YAML');
    const json = JSON.stringify(document.toJS({ maxAliasCount: MOST_ALIASES }) ?? null);
    return readValue(json)?.value ?? null;
  } catch {
    return fail('the text cannot be read');
  }
}

function repeatsKeys(document: Document): boolean {
  let isRepeated = false;
  visit(document, {
    Map(_, { items }) {
      const keys = items.flatMap(({ key }) => (isScalar(key) ? [key.value] : []));
      isRepeated ||= new Set(keys).size < keys.length;
    },
  });
  return isRepeated;
}

/** Keys are sorted; a set is a list. */
function write(value: RegoValue, work: Work): string | BuiltinError {
  if (!chargeWriting(value, work, 0)) return fail('the value nests too deeply');
  try {
    return stringify(parse(writeValue(withLists(value)), PARSING), {
      customTags: PARSING.customTags,
      sortMapEntries: true,
      lineWidth: 0,
      aliasDuplicateObjects: false,
    });
  } catch {
    return fail('the value has no YAML form');
  }
}

/** `false` for what nests too deeply. @throws OverWork */
function chargeWriting(value: RegoValue, work: Work, depth: number): boolean {
  work.charge(WRITING + depth + (typeof value === 'string' ? value.length * READING : 0));
  const inner = isObject(value) ? [...value].flat() : (itemsOf(value) ?? []);
  return depth <= DEEPEST && inner.every((one) => chargeWriting(one, work, depth + 1));
}

/** Without sets, which JSON does not have. */
function withLists(value: RegoValue): RegoValue {
  const items = itemsOf(value);
  if (items !== null) return items.map(withLists);
  return isObject(value) ? new Map([...value].map(([key, inner]) => [key, withLists(inner)])) : value;
}
