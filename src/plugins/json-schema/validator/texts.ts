import { RE2JS } from 're2js';
import { FORMATS } from './formats.ts';
import type { Run } from './run.ts';
import { countAt, type Keyword, type Site } from './site.ts';

/** Of a pattern, in steps of its automaton. */
const HEAVIEST_PATTERN = 10_000;
/** Steps of the automaton that take about as long as looking at a value. */
const STEPS_TOGETHER = 16;

/** In values that are looked at. */
const COST_OF_FORMAT = 5;

/** Keywords for text (JSON Schema Validation 6.3 and 7). */
export const TEXT_KEYWORDS = {
  minLength: (argument, site) => {
    const least = countAt(argument, site);
    return (value, run) => typeof value !== 'string' || hasLength(value, least, run) || run.refused('minLength');
  },
  maxLength: (argument, site) => {
    const most = countAt(argument, site);
    return (value, run) => typeof value !== 'string' || !hasLength(value, most + 1, run) || run.refused('maxLength');
  },
  pattern: (argument, site) => {
    const matches = patternAt(argument, site);
    return (value, run) => typeof value !== 'string' || matches(value, run) || run.refused('pattern');
  },
  format: (argument, site) => {
    const fits = typeof argument === 'string' && Object.hasOwn(FORMATS, argument) ? FORMATS[argument] : undefined;
    if (fits === undefined) throw site.mistake(`is not one that is checked: ${Object.keys(FORMATS).join(', ')}`);
    return (value, run) => {
      run.spend(COST_OF_FORMAT);
      return fits(value) || run.refused('format');
    };
  },
} as const satisfies Record<string, Keyword>;

/** Whether it has that many characters, which are code points. */
function hasLength(text: string, least: number, run: Run): boolean {
  if (text.length < least) return false;
  if (text.length >= 2 * least) return true;
  run.spend(text.length / STEPS_TOGETHER);
  let length = 0;
  for (const _character of text) length += 1;
  return length >= least;
}

/** A search for an expression of RE2, which takes time linear to the text whatever it is. */
export function patternAt(argument: unknown, site: Site): (text: string, run: Run) => boolean {
  const program = compilePattern(argument, site);
  const size = program.programSize();
  if (size > HEAVIEST_PATTERN) throw site.mistake('repeats too much');
  const cost = size / STEPS_TOGETHER;
  return (text, run) => {
    run.spend(1 + text.length * cost);
    return program.test(text);
  };
}

function compilePattern(argument: unknown, site: Site): RE2JS {
  if (typeof argument !== 'string') throw site.mistake('takes a regular expression');
  try {
    return RE2JS.compile(argument);
  } catch {
    throw site.mistake(
      `${JSON.stringify(argument)} is not RE2 syntax, which has no look-around and no back-references`,
    );
  }
}
