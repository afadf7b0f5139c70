/** A segment of a path template: a text, or one parameter with text around it. */
type Segment = { readonly text: string } | { readonly name: string; readonly before: string; readonly after: string };

/** `/orders/{id}`, ready to be compared with canonical paths. */
export interface Template {
  readonly segments: readonly Segment[];
  readonly names: readonly string[];
  /** Two templates of one shape match the same paths; in the order of shapes, texts come before parameters. */
  readonly shape: string;
}

/** @param canonical the one spelling of a path, `null` when it is none @throws RangeError */
export function compileTemplate(text: string, canonical: (path: string) => string | null): Template {
  if (!text.startsWith('/')) throw new RangeError('a path begins with a slash');
  const segments = text
    .slice(1)
    .split('/')
    .map((part) => segmentOf(part, canonical));
  const names = segments.flatMap((segment) => ('name' in segment ? [segment.name] : []));
  if (new Set(names).size < names.length) throw new RangeError('the same parameter stands there twice');
  return { segments, names, shape: segments.map(shapeOf).join('/') };
}

function segmentOf(part: string, canonical: (path: string) => string | null): Segment {
  const [, before = '', name, after = ''] = /^([^{}]*)\{([^{}/]+)\}([^{}]*)$/.exec(part) ?? [];
  if (name !== undefined) return { name, before: literal(before, canonical), after: literal(after, canonical) };
  if (/[{}]/.test(part)) throw new RangeError(`"${part}" is neither text nor has one parameter`);
  return { text: literal(part, canonical) };
}

function literal(text: string, canonical: (path: string) => string | null): string {
  const path = canonical(`/${text}`);
  const isOther = path === null || path.indexOf('/', 1) >= 0 || (path === '/') !== (text === '');
  if (isOther) throw new RangeError(`"${text}" cannot be part of a path`);
  return path.slice(1);
}

/** U+FFFF stands in no canonical path, and behind all that does. */
function shapeOf(segment: Segment): string {
  return 'text' in segment ? segment.text : `${segment.before}\uffff${segment.after}`;
}

/** The values of its parameters as they stand in the path; `null` when it does not match. */
export function matchTemplate({ segments }: Template, parts: readonly string[]): ReadonlyMap<string, string> | null {
  const values = new Map<string, string>();
  for (const [i, segment] of segments.entries()) {
    const part = parts[i] ?? '';
    if ('text' in segment) {
      if (part !== segment.text) return null;
      continue;
    }
    const { name, before, after } = segment;
    const isLonger = part.length > before.length + after.length;
    if (!isLonger || !part.startsWith(before) || !part.endsWith(after)) return null;
    values.set(name, part.slice(before.length, part.length - after.length));
  }
  return values;
}
