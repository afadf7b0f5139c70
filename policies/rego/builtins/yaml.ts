import { parse, parseDocument, stringify } from 'yaml';
import { BuiltinError, isObject, itemsOf, type RegoValue } from '../value.ts';
import { readValue } from '../value-reader.ts';
import { writeValue } from '../value-text.ts';
import { define, fail } from './builtin.ts';

/** UTF-16 units. */
const LONGEST = 100_000;
/** Of references to one anchor, all it stands for counted: a bomb has more. */
const MOST_ALIASES = 100;

export const YAML = [
  define('yaml.is_valid', ['string'], ([text]) => !(read(text) instanceof BuiltinError)),
  define('yaml.unmarshal', ['string'], ([text]) => read(text)),
  define('yaml.marshal', ['any'], ([value]) => write(value)),
];

function read(text: string): RegoValue | BuiltinError {
  if (text.length > LONGEST) return fail('the text is too long');
  const document = parseDocument(text, { logLevel: 'silent' });
  if (document.errors.length > 0) return fail('the text is not YAML');
  try {
    const json = JSON.stringify(document.toJS({ maxAliasCount: MOST_ALIASES }) ?? null);
    return readValue(json)?.value ?? null;
  } catch {
    return fail('the text cannot be read');
  }
}

/** Keys are sorted; a set is a list. */
function write(value: RegoValue): string | BuiltinError {
  try {
    return stringify(parse(writeValue(withLists(value))), {
      sortMapEntries: true,
      lineWidth: 0,
      aliasDuplicateObjects: false,
    });
  } catch {
    return fail('the value has no YAML form');
  }
}

/** Without sets, which JSON does not have. */
function withLists(value: RegoValue): RegoValue {
  const items = itemsOf(value);
  if (items !== null) return items.map(withLists);
  return isObject(value) ? new Map([...value].map(([key, inner]) => [key, withLists(inner)])) : value;
}
