import { RE2JS } from 're2js';
import { Lru } from '../../../src/base/lru.ts';
import { patternWeight } from '../../cel/library/standard/pattern-weight.ts';
import { BuiltinError, type BuiltinResult } from '../value.ts';
import { define, fail } from './builtin.ts';

/** Of a pattern that is not known ahead, UTF-16 units. */
const LONGEST = 2000;
/** Of any pattern, in steps with its repetitions written out. */
const HEAVIEST = 10_000;
const patterns = new Lru<string, RE2JS>(500);

export const PATTERNS = [
  define('regex.split', ['string', 'string'], ([pattern, text]) => withPattern(pattern, (re2) => split(re2, text))),
  define('regex.find_n', ['string', 'string', 'integer'], ([pattern, text, count]) =>
    withPattern(pattern, (re2) => find(re2, text, Number(count))),
  ),
  define('regex.replace', ['string', 'string', 'string'], ([text, pattern, replacement]) =>
    withPattern(pattern, (re2) => replace(re2, text, replacement)),
  ),
  define('regex.template_match', ['string', 'string', 'string', 'string'], ([template, text, start, end]) => {
    const pattern = templatePattern(template, start, end);
    if (pattern instanceof BuiltinError) return pattern;
    return withPattern(pattern, (re2) => re2.matches(text));
  }),
  define('glob.quote_meta', ['string'], ([text]) => text.replaceAll(/[*?\\[\]{}]/g, '\\$&')),
];

function withPattern(pattern: string, use: (re2: RE2JS) => BuiltinResult): BuiltinResult {
  const re2 = patterns.get(pattern) ?? compile(pattern);
  if (re2 instanceof BuiltinError) return re2;
  patterns.set(pattern, re2);
  return use(re2);
}

function compile(pattern: string): RE2JS | BuiltinError {
  if (pattern.length > LONGEST) return fail('the pattern is too long');
  if (patternWeight(pattern) > HEAVIEST) return fail('the pattern repeats too much');
  try {
    return RE2JS.compile(pattern);
  } catch {
    return fail('the pattern is not valid RE2 syntax');
  }
}

interface Found {
  readonly start: number;
  readonly end: number;
}

/** An empty match right after another one is none, as in Go. */
function* matchesOf(re2: RE2JS, text: string): Generator<Found & { readonly group: (name: string) => string }> {
  const matcher = re2.matcher(text);
  let last = -1;
  while (matcher.find()) {
    const [start, end] = [matcher.start(), matcher.end()];
    if (start < end || end !== last) yield { start, end, group: (name) => groupOf(matcher, name) };
    last = end;
  }
}

type Matcher = ReturnType<RE2JS['matcher']>;

/** By number or by name; empty for one that is not there or that took no part. */
function groupOf(matcher: Matcher, name: string): string {
  const isNumber = /^\d+$/.test(name);
  if (isNumber && Number(name) > matcher.groupCount()) return '';
  try {
    return matcher.group(isNumber ? Number(name) : name) ?? '';
  } catch {
    return '';
  }
}

/** A match that is empty separates characters, and nothing at the end. */
function split(re2: RE2JS, text: string): readonly string[] {
  if (text === '') return re2.pattern() === '' ? [] : [''];
  const parts: string[] = [];
  let at = 0;
  let last = 0;
  for (const { start, end } of matchesOf(re2, text)) {
    last = start;
    if (end > 0) parts.push(text.slice(at, start));
    at = end;
  }
  return last === text.length ? parts : [...parts, text.slice(at)];
}

function find(re2: RE2JS, text: string, count: number): readonly string[] {
  const found: string[] = [];
  if (count === 0) return found;
  for (const { start, end } of matchesOf(re2, text)) {
    found.push(text.slice(start, end));
    if (found.length === count) break;
  }
  return found;
}

/** `$1`, `$name`, `${name}` and `$$`, where a name is as long as it can be. */
function replace(re2: RE2JS, text: string, replacement: string): string {
  let replaced = '';
  let at = 0;
  for (const { start, end, group } of matchesOf(re2, text)) {
    const expanded = replacement.replaceAll(/\$(?:(\$)|(\w+)|\{(\w+)\})/g, (_, dollar, name, braced) => {
      return dollar === undefined ? group((name ?? braced) as string) : '$';
    });
    replaced += text.slice(at, start) + expanded;
    at = end;
  }
  return replaced + text.slice(at);
}

/** Text is matched as it is, and what stands between the delimiters is a pattern. */
function templatePattern(template: string, start: string, end: string): string | BuiltinError {
  if ([...start].length !== 1 || [...end].length !== 1) return fail('a delimiter is one character');
  let pattern = '';
  let at = 0;
  while (at < template.length) {
    const open = template.indexOf(start, at);
    if (open < 0) break;
    const close = closing(template, open, start, end);
    if (close < 0) return fail('a delimiter is not closed');
    pattern += `${RE2JS.quote(template.slice(at, open))}(${template.slice(open + start.length, close)})`;
    at = close + end.length;
  }
  const rest = template.slice(at);
  return rest.includes(end) ? fail('a delimiter is not opened') : `^${pattern}${RE2JS.quote(rest)}$`;
}

function closing(template: string, open: number, start: string, end: string): number {
  let depth = 0;
  for (let at = open; at < template.length; at++) {
    if (template.startsWith(start, at)) depth += 1;
    else if (template.startsWith(end, at)) depth -= 1;
    if (depth === 0) return at;
  }
  return -1;
}
