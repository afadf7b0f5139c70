import { isMapping } from '../../model/validate/schema-node.ts';

type Mapping = Readonly<Record<string, unknown>>;
type Long = (written: unknown) => unknown;

/** What may be written as one text, and the mapping that it stands for. */
export const LONG_FORMS = {
  request: (written) => (typeof written === 'string' ? requestOf(written) : written),
  expect: (written) => (typeof written === 'string' ? { decision: written } : written),
} satisfies Readonly<Record<string, Long>>;

/** A document with its short forms written out, for one schema to check it. Anything else stays as it is. */
export function writtenOut(document: unknown): unknown {
  return within(document, 'spec', (spec) => {
    const withDefaults = within(spec, 'defaults', longForms);
    const withCases = eachOf(withDefaults, 'cases', (one) => within(longForms(one), 'given', longForms));
    return eachOf(withCases, 'table', longForms);
  });
}

/** `GET https://api.example.com/v1`; the method may be left out. */
function requestOf(text: string): Mapping {
  const [first = '', ...rest] = text.trim().split(/\s+/);
  return rest.length === 0 ? { url: first } : { method: first, url: rest.join(' ') };
}

function longForms(value: unknown): unknown {
  if (!isMapping(value)) return value;
  const entries = Object.entries(value);
  return Object.fromEntries(entries.map(([key, inner]) => [key, hasShortForm(key) ? LONG_FORMS[key](inner) : inner]));
}

export function hasShortForm(key: string): key is keyof typeof LONG_FORMS {
  return Object.hasOwn(LONG_FORMS, key);
}

function within(value: unknown, key: string, change: Long): unknown {
  return isMapping(value) && value[key] !== undefined ? { ...value, [key]: change(value[key]) } : value;
}

function eachOf(value: unknown, key: string, change: Long): unknown {
  return within(value, key, (list) => (Array.isArray(list) ? list.map(change) : list));
}
