interface Group {
  /** Of all of it so far. */
  total: number;
  /** Of its end, which a repetition would repeat. */
  last: number;
}

/** Steps that a class of Unicode counts as: it is hundreds of ranges. */
const UNICODE_CLASS = 30;
/** The same where letters of either case count. */
const FOLDED_UNICODE_CLASS = 90;
/** Letters of either case count, in some of the pattern at least. */
const FOLDS = /\(\?[a-zA-Z]*i/;
/** Where a range of a class ends, as itself or by its number. */
const RANGE_ENDS = /-(?:\\x\{?([\da-f]{1,8})|\\([0-7]{1,3})|([^\\]))/giu;
/** Characters of a range that are one step where letters of either case count: each is looked at. */
const FOLDED_CHARACTERS = 64;
/** No letter beyond has another case. */
const LAST_FOLDED = 0x1ffff;

/**
 * How many steps a pattern of RE2 comes to when its repetitions are written out, as compiling it does, and its classes
 * are made; rather too many than too few.
 */
export function patternWeight(pattern: string): number {
  const outer: Group[] = [];
  let group: Group = { total: 0, last: 0 };
  const folds = FOLDS.test(pattern);
  for (let at = 0; at < pattern.length; ) {
    const end = atomEnd(pattern, at);
    if (pattern[at] === '(') {
      outer.push(group);
      group = { total: 2, last: 0 };
    } else if (pattern[at] === ')') {
      const inner = group.total;
      group = outer.pop() ?? { total: 0, last: 0 };
      add(group, inner);
    } else if (pattern[at] === '{') {
      repeat(group, pattern.slice(at, end));
    } else {
      add(group, atomWeight(pattern.slice(at, end), folds));
    }
    at = end;
  }
  return outer.reduce((sum, { total }) => sum + total, group.total);
}

function atomWeight(atom: string, folds: boolean): number {
  if (atom.startsWith('\\Q')) return atom.length;
  const classes = atom.match(/\\[pP]/g)?.length ?? 0;
  if (!folds) return 1 + classes * UNICODE_CLASS;
  return 1 + classes * FOLDED_UNICODE_CLASS + Math.ceil(rangesOf(atom) / FOLDED_CHARACTERS);
}

/** Rather more characters than are in the ranges of a class. */
function rangesOf(atom: string): number {
  return [...atom.matchAll(RANGE_ENDS)].reduce((sum, end) => sum + Math.min(LAST_FOLDED, codePointOf(end)), 0);
}

function codePointOf([, hex, octal, itself]: readonly string[]): number {
  if (hex !== undefined) return Number.parseInt(hex, 16);
  return octal === undefined ? (itself?.codePointAt(0) ?? 0) : Number.parseInt(octal, 8);
}

function add(group: Group, weight: number): void {
  group.total += weight;
  group.last = weight;
}

function repeat(group: Group, repetition: string): void {
  const [, least, most = ''] = /^\{(\d{1,4})(?:,(\d{0,4}))?\}$/.exec(repetition) ?? [];
  if (least === undefined) {
    add(group, repetition.length);
    return;
  }
  // each time is one step more where it may be left out
  const added = (group.last + (most === '' ? 0 : 1)) * Math.max(Number(least) + 1, Number(most));
  group.total += added;
  group.last += added;
}

/** Where the part of the pattern ends that begins at `at`: a class, an escape, a repetition or a character. */
function atomEnd(pattern: string, at: number): number {
  switch (pattern[at]) {
    case '\\':
      return escapeEnd(pattern, at);
    case '[':
      return classEnd(pattern, at);
    case '{':
      return after(pattern, '}', at);
    default:
      return at + 1;
  }
}

function escapeEnd(pattern: string, at: number): number {
  const letter = pattern[at + 1] ?? '';
  if (letter === 'Q') return after(pattern, '\\E', at + 2);
  if ('pPx'.includes(letter) && pattern[at + 2] === '{') return after(pattern, '}', at);
  return letter === 'p' || letter === 'P' ? at + 3 : at + 2;
}

function classEnd(pattern: string, at: number): number {
  let end = pattern[at + 1] === '^' ? at + 2 : at + 1;
  if (pattern[end] === ']') end++;
  while (end < pattern.length && pattern[end] !== ']') {
    if (pattern[end] === '\\') end += 2;
    else end = pattern.startsWith('[:', end) ? after(pattern, ':]', end) : end + 1;
  }
  return end + 1;
}

/** The end of the text where `mark` is missing: then the pattern is none. */
function after(pattern: string, mark: string, at: number): number {
  const found = pattern.indexOf(mark, at);
  return found < 0 ? pattern.length : found + mark.length;
}
