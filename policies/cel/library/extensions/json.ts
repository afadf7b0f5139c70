import { hasRepeatedKey } from '../../../../src/base/json-keys.ts';
import { freeMap } from '../../../input/plain.ts';
import { OVER_BUDGET } from '../../../values/budget.ts';
import { failure } from '../../../values/failure.ts';
import type { Result } from '../../../values/value.ts';
import { DYN, mapOf, STRING } from '../../types/type.ts';
import { fn } from '../declare.ts';
import type { Caller, Overload } from '../overload.ts';
import { jsonText } from './json-text.ts';

const NO_OBJECT = failure('json.parse: the text is not a JSON object');
const REPEATED_KEY = failure('json.parse: an object of the text has the same key twice');
const TOO_DEEP = failure('json.parse: the text is nested too deeply');

const MAX_DEPTH = 100;

/** Units that a text takes, however short: most of it where it is no JSON. */
const COST = 400;

/**
 * Objects only, as maps without repeated keys; numbers are doubles. A failure quotes nothing of the text, which may be
 * confidential.
 */
function parse(text: string, caller: Caller): Result {
  if (!caller.spend(COST + (text.length >>> 1))) return OVER_BUDGET;
  if (isDeep(text)) return TOO_DEEP;
  const value = parsed(text);
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isObject) return NO_OBJECT;
  return hasRepeatedKey(text) ? REPEATED_KEY : freeMap(value);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Of valid JSON: whether its objects and arrays are nested deeper than is read. */
function isDeep(text: string): boolean {
  let [depth, isInText] = [0, false];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) isInText = !isInText;
    else if (isInText) at += code === BACKSLASH ? 1 : 0;
    else if (code === BRACKET || code === BRACE) depth++;
    else if (code === BRACKET_END || code === BRACE_END) depth--;
    if (depth > MAX_DEPTH) return true;
  }
  return false;
}

const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const [BRACKET, BRACKET_END, BRACE, BRACE_END] = [0x5b, 0x5d, 0x7b, 0x7d];

export const JSON_TEXTS: readonly Overload[] = [
  fn('json_parse_string', 'json.parse', [STRING], mapOf(STRING, DYN), { arity: 1, fn: parse }),
  fn('json_marshal_dyn', 'json.marshal', [DYN], STRING, { arity: 1, fn: jsonText }),
];
