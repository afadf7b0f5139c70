import { RE2JS } from 're2js';
import { Lru } from '../../../src/base/lru.ts';
import { patternWeight } from '../../cel/library/standard/pattern-weight.ts';
import { BuiltinError, type BuiltinResult } from '../value.ts';
import { define, fail } from './builtin.ts';
import { Search } from './search.ts';
import type { Work } from './work.ts';

/** Of a pattern that is not known ahead, UTF-16 units. */
const LONGEST = 2000;
/** Of any pattern, in steps with its repetitions written out. */
const HEAVIEST = 10_000;
const patterns = new Lru<string, RE2JS>(500);

export const PATTERNS = [
  define('regex.split', ['string', 'string'], ([pattern, text], { work }) =>
    withPattern(pattern, work, (search) => split(search, text)),
  ),
  define('regex.find_n', ['string', 'string', 'integer'], ([pattern, text, count], { work }) =>
    withPattern(pattern, work, (search) => find(search, text, Number(count))),
  ),
  define('regex.replace', ['string', 'string', 'string'], ([text, pattern, replacement], { work }) =>
    withPattern(pattern, work, (search) => replace(search, text, replacement)),
  ),
  define('regex.template_match', ['string', 'string', 'string', 'string'], ([template, text, start, end], { work }) => {
    work.charge(template.length);
    const pattern = templatePattern(template, start, end);
    if (pattern instanceof BuiltinError) return pattern;
    return withPattern(pattern, work, (search) => search.isWhole(text));
  }),
  define('glob.quote_meta', ['string'], ([text]) => text.replaceAll(/[*?\\[\]{}]/g, '\\$&')),
];

function withPattern(pattern: string, work: Work, use: (search: Search) => BuiltinResult): BuiltinResult {
  const re2 = patterns.get(pattern) ?? compile(pattern, work);
  if (re2 instanceof BuiltinError) return re2;
  patterns.set(pattern, re2);
  return use(new Search(re2, work));
}

/** What compiling a pattern takes, each character and each step of it, and a class of Unicode. */
const COMPILING = { pattern: 200, character: 80, step: 10, unicode: 800 } as const;

function compile(pattern: string, work: Work): RE2JS | BuiltinError {
  if (pattern.length > LONGEST) return fail('the pattern is too long');
  const weight = patternWeight(pattern);
  if (weight > HEAVIEST) return fail('the pattern repeats too much');
  const classes = pattern.match(/\\p/gi)?.length ?? 0;
  work.charge(COMPILING.pattern + COMPILING.character * pattern.length);
  work.charge(COMPILING.step * weight + COMPILING.unicode * classes);
  try {
    return RE2JS.compile(pattern);
  } catch {
    return fail('the pattern is not valid RE2 syntax');
  }
}

/** A match that is empty separates characters, and nothing at the end. */
function split(search: Search, text: string): readonly string[] {
  if (text === '') return search.pattern === '' ? [] : [''];
  const parts: string[] = [];
  let at = 0;
  let last = 0;
  for (const { start, end } of search.matches(text)) {
    last = start;
    if (end > 0) parts.push(text.slice(at, start));
    at = end;
  }
  return last === text.length ? parts : [...parts, text.slice(at)];
}

function find(search: Search, text: string, count: number): readonly string[] {
  const found: string[] = [];
  if (count === 0) return found;
  for (const { start, end } of search.matches(text)) {
    found.push(text.slice(start, end));
    if (found.length === count) break;
  }
  return found;
}

/** `$1`, `$name`, `${name}` and `$$`, where a name is as long as it can be. */
function replace(search: Search, text: string, replacement: string): string {
  let replaced = '';
  let at = 0;
  for (const { start, end, group } of search.matches(text)) {
    search.work.chargeText(replacement.length);
    const expanded = replacement.replaceAll(/\$(?:(\$)|(\w+)|\{(\w+)\})/g, (_, dollar, name, braced) => {
      if (dollar !== undefined) return '$';
      const found = group((name ?? braced) as string);
      search.work.chargeText(found.length);
      return found;
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
