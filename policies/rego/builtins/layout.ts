/** Layouts that have a name in OPA. */
const NAMED: ReadonlyMap<string, string> = new Map([
  ['ANSIC', 'Mon Jan _2 15:04:05 2006'],
  ['UnixDate', 'Mon Jan _2 15:04:05 MST 2006'],
  ['RubyDate', 'Mon Jan 02 15:04:05 -0700 2006'],
  ['RFC822', '02 Jan 06 15:04 MST'],
  ['RFC822Z', '02 Jan 06 15:04 -0700'],
  ['RFC850', 'Monday, 02-Jan-06 15:04:05 MST'],
  ['RFC1123', 'Mon, 02 Jan 2006 15:04:05 MST'],
  ['RFC1123Z', 'Mon, 02 Jan 2006 15:04:05 -0700'],
  ['RFC3339', '2006-01-02T15:04:05Z07:00'],
  ['RFC3339Nano', '2006-01-02T15:04:05.999999999Z07:00'],
]);

/** What stands for a field in a layout of Go's package time. */
const FIELD =
  /January|Jan|Monday|Mon|MST|2006|__2|002|_2|01|02|03|04|05|06|15|PM|pm|Z07:00:00|Z070000|Z07:00|Z0700|Z07|-07:00:00|-070000|-07:00|-0700|-07|[.,](?:0+|9+)(?!\d)|[1-5]/g;

export interface LayoutPart {
  readonly kind: 'field' | 'text';
  readonly text: string;
}

/** The fields of a layout, or of one that has a name, and what stands between them. */
export function partsOf(layout: string): readonly LayoutPart[] {
  const full = NAMED.get(layout) ?? layout;
  const parts: LayoutPart[] = [];
  let at = 0;
  for (const { index, 0: field } of full.matchAll(FIELD)) {
    if (index > at) parts.push({ kind: 'text', text: full.slice(at, index) });
    parts.push({ kind: 'field', text: field });
    at = index + field.length;
  }
  if (at < full.length) parts.push({ kind: 'text', text: full.slice(at) });
  return parts;
}

export const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
export const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
