import { parseStrictJson } from '../../base/strict-json.ts';
import type { KeyPath } from '../../model/source.ts';
import type { PluginDeps } from '../deps.ts';

const MOST_NESTED = 64;

/** The bytes of a JSON text that everybody reads alike, or why there are none. */
export function jsonOf(text: string): Buffer | string {
  const bytes = Buffer.from(text, 'utf8');
  const { kind } = parseStrictJson(bytes, MOST_NESTED);
  return kind === 'value' ? bytes : `the expression of its body gave JSON that is ${kind}`;
}

const OUTPUT = /\{\{.*?\}\}/gs;
const AS_JSON = /\|\s*json\s*-?\}\}$/;
const OTHER_OUTPUT = /\{%-?\s*(?:echo|liquid|cycle|increment|decrement)\b/;

/** A quotation mark in what a client sends would else begin another member of the question. */
export function checkTemplate(source: string, path: KeyPath, { mistake }: Pick<PluginDeps, 'mistake'>): void {
  const outputs = source.match(OUTPUT) ?? [];
  if (outputs.every((output) => AS_JSON.test(output)) && !OTHER_OUTPUT.test(source)) return;
  mistake(
    path,
    'a value that is not written as JSON lets clients change the question',
    'end each with | json: {{ … | json }}',
  );
}
