import { invalid } from './fault.ts';

/** `attribute eq value`, joined by `and` (RFC 7644 3.4.2.2). Attribute names are in lower case. */
export interface Comparison {
  readonly attribute: string;
  readonly value: string;
}

/** What a resource has of an attribute, by the attribute's name in lower case. */
export type Attributes<T> = ReadonlyMap<string, FilterAttribute<T>>;

export interface FilterAttribute<T> {
  readonly of: (item: T) => readonly string[];
  /** RFC 7643 2.2: whether upper and lower case differ. */
  readonly caseExact?: true;
}

const MOST_LENGTH = 1024;
const MOST_COMPARISONS = 10;
const URN = /^urn:ietf:params:scim:schemas:core:2\.0:(?:User|Group):/i;
/** Each part can match in one way only, so that no text takes long. */
const COMPARISON = /^ *([A-Za-z][\w:.-]*) +eq +("(?:[^"\\]|\\.)*"|true|false)(?= |$)/i;
const AND = /^ +and +/i;

/** @throws ScimFault */
export function parseFilter(text: string): Comparison[] {
  if (text.length > MOST_LENGTH) throw invalid('invalidFilter', `a filter has at most ${MOST_LENGTH} characters`);
  const comparisons: Comparison[] = [];
  for (let rest = text; ; ) {
    const match = COMPARISON.exec(rest);
    if (match === null) throw invalid('invalidFilter', 'a filter is ATTRIBUTE eq "VALUE", or several joined by and');
    const [whole, attribute = '', value = ''] = match;
    comparisons.push({ attribute: attribute.replace(URN, '').toLowerCase(), value: literal(value) });
    if (comparisons.length > MOST_COMPARISONS) throw invalid('invalidFilter', 'the filter has too many comparisons');
    rest = rest.slice(whole.length);
    if (rest.trim() === '') return comparisons;
    const and = AND.exec(rest);
    if (and === null) throw invalid('invalidFilter', 'only eq and and are understood in filters');
    rest = rest.slice(and[0].length);
  }
}

function literal(text: string): string {
  if (!text.startsWith('"')) return text.toLowerCase();
  try {
    return String(JSON.parse(text));
  } catch {
    throw invalid('invalidFilter', 'a value in the filter is not a JSON string');
  }
}

/** @throws ScimFault for an attribute that cannot be asked for */
export function filterBy<T>(comparisons: readonly Comparison[], attributes: Attributes<T>): (item: T) => boolean {
  const tests = comparisons.map(({ attribute, value }) => {
    const known = attributes.get(attribute);
    if (known === undefined) throw invalid('invalidFilter', `no filter can ask for "${attribute}"`);
    const wanted = known.caseExact ? value : value.toLowerCase();
    return (item: T) => known.of(item).some((one) => (known.caseExact ? one : one.toLowerCase()) === wanted);
  });
  return (item) => tests.every((test) => test(item));
}
