import { RE2JS } from 're2js';

/** How a Service says which paths are its own: exactly one of the four. */
export interface PathMatchSpec {
  readonly exact?: string | undefined;
  readonly prefix?: string | undefined;
  readonly template?: string | undefined;
  readonly regex?: string | undefined;
}

/** A compiled path pattern with what is needed to order it among others. */
export interface PathPattern {
  /** What it was compiled from, as plain data. */
  readonly source: PatternSource;
  /** Two patterns of one shape match the same paths. */
  readonly shape: string;
  readonly kind: PathKind;
  /** Characters before the first variable part: the longer, the more specific. */
  readonly literalPrefix: number;
  /** Literal characters in all. */
  readonly literals: number;
  matches(path: string): boolean;
}

/** `text`: every path that begins so, wherever it ends. Nothing at all: every path. */
export type PatternSource = PathMatchSpec & { readonly text?: string | undefined };

export type PathKind = 'exact' | 'template' | 'regex' | 'prefix' | 'any';

/** @throws RangeError with a message for the author when the pattern cannot be compiled. */
export function compilePathPattern(spec: PathMatchSpec): PathPattern {
  if (spec.exact !== undefined) return exactPattern(spec.exact);
  if (spec.prefix !== undefined) return prefixPattern(spec.prefix);
  if (spec.template !== undefined) return templatePattern(spec.template);
  if (spec.regex !== undefined) return regexPattern(spec.regex);
  throw new RangeError('one of exact, prefix, template, regex is needed');
}

/** The pattern of a source that compiled before. */
export function patternOf(source: PatternSource): PathPattern {
  if (source.text !== undefined) return textPrefix(source.text);
  return Object.values(source).some((value) => value !== undefined) ? compilePathPattern(source) : ANY_PATH;
}

/** Everything that begins with a text, wherever it ends: what is claimed for a pattern that does not compile. */
export function textPrefix(text: string): PathPattern {
  const { shape } = prefixPattern(text);
  return { source: { text }, shape, kind: 'prefix', ...literal(text), matches: (path) => path.startsWith(text) };
}

function literal({ length }: string) {
  return { literalPrefix: length, literals: length };
}

/** The text that every path of a pattern begins with, as far as that is certain. */
export function literalStart({ template, regex }: PathMatchSpec): string {
  return template === undefined ? leadingLiteral(regex ?? '') : (/^[^{}*]*/.exec(template)?.[0] ?? '');
}

export const ANY_PATH: PathPattern = {
  source: {},
  shape: 'any',
  kind: 'any',
  literalPrefix: 0,
  literals: 0,
  matches: () => true,
};

function exactPattern(exact: string): PathPattern {
  return {
    source: { exact },
    shape: `exact ${exact}`,
    kind: 'exact',
    literalPrefix: exact.length,
    literals: exact.length,
    matches: (path) => path === exact,
  };
}

/** On segment boundaries: `/app` is a prefix of `/app` and `/app/x`, not of `/apple`. */
function prefixPattern(prefix: string): PathPattern {
  const bare = prefix.endsWith('/') ? prefix.slice(0, -1) : prefix;
  const below = `${bare}/`;
  return {
    source: { prefix },
    shape: `prefix ${bare}`,
    kind: 'prefix',
    literalPrefix: bare.length,
    literals: bare.length,
    matches: (path) => path === bare || path.startsWith(below),
  };
}

function templatePattern(template: string): PathPattern {
  const segments = template.slice(1).split('/').map(templateSegment);
  const rest = segments.indexOf(REST);
  if (rest >= 0 && rest !== segments.length - 1) throw new RangeError('{**} may only stand at the end');
  const shape = segments.map((segment) => (typeof segment === 'string' ? segment : segment.sign)).join('/');
  const firstVariable = segments.findIndex((segment) => typeof segment !== 'string');
  const leading = firstVariable < 0 ? segments : segments.slice(0, firstVariable);
  return {
    source: { template },
    shape: `template /${shape}`,
    kind: 'template',
    literalPrefix: literalLength(leading),
    literals: literalLength(segments),
    matches: (path) => matchesSegments(segments, path),
  };
}

const ONE = { sign: '{}' } as const;
const REST = { sign: '{**}' } as const;
type Segment = string | typeof ONE | typeof REST;

function templateSegment(text: string): Segment {
  if (text === '{**}') return REST;
  if (/^\{[A-Za-z_][A-Za-z0-9_]*\}$/.test(text)) return ONE;
  if (/[{}]/.test(text)) throw new RangeError(`"${text}" is not a path segment: write a literal, {name} or {**}`);
  return text;
}

function literalLength(segments: readonly Segment[]): number {
  return segments.reduce((sum, segment) => sum + (typeof segment === 'string' ? segment.length + 1 : 0), 0);
}

function matchesSegments(segments: readonly Segment[], path: string): boolean {
  let at = 0;
  for (const segment of segments) {
    if (segment === REST) return true;
    if (at >= path.length) return false;
    const slash = path.indexOf('/', at + 1);
    const end = slash < 0 ? path.length : slash;
    const text = path.slice(at + 1, end);
    if (segment === ONE ? text === '' : text !== segment) return false;
    at = end;
  }
  return at >= path.length;
}

/** RE2 syntax, the whole path. RE2 is linear in the path's length whatever the pattern. */
function regexPattern(regex: string): PathPattern {
  const program = compileRegex(regex);
  const literal = leadingLiteral(regex);
  return {
    source: { regex },
    shape: `regex ${regex}`,
    kind: 'regex',
    literalPrefix: literal.length,
    literals: literal.length,
    matches: (path) => program.testExact(path),
  };
}

function compileRegex(regex: string): RE2JS {
  try {
    return RE2JS.compile(regex);
  } catch (thrown) {
    throw new RangeError(`the expression is not RE2 syntax: ${thrown instanceof Error ? thrown.message : thrown}`);
  }
}

function leadingLiteral(regex: string): string {
  const literal = /^[A-Za-z0-9/_~%-]*/.exec(regex.replace(/^\^/, ''))?.[0] ?? '';
  // A quantifier or an alternative takes the last character back.
  const next = regex.replace(/^\^/, '').charAt(literal.length);
  if ('?*{'.includes(next) && next !== '') return literal.slice(0, -1);
  return regex.includes('|') ? '' : literal;
}
