import { Failure } from '../../values/failure.ts';
import type { Value } from '../../values/value.ts';
import { isObject, readValue } from './read-value.ts';

/** One line of a batch. */
export interface Request {
  /** As JSON text, handed back as it came. */
  readonly id: string;
  readonly expr: string;
  readonly container: string;
  readonly bindings: ReadonlyMap<string, Value>;
  readonly check: boolean;
}

export type ReadRequest =
  | { readonly ok: true; readonly request: Request }
  | { readonly ok: false; readonly id: string; readonly message: string };

const FIELDS: ReadonlySet<string> = new Set(['id', 'expr', 'container', 'bindings', 'check']);

export function readRequest(line: string): ReadRequest {
  const json = parse(line);
  if (!isObject(json)) return { ok: false, id: 'null', message: 'the line is no JSON object' };
  const id = JSON.stringify(json.id ?? null);
  const { expr, container = '', bindings = {}, check = false } = json;
  const unknown = Object.keys(json).find((name) => !FIELDS.has(name));
  if (unknown !== undefined) return { ok: false, id, message: `unknown field ${JSON.stringify(unknown)}` };
  if (typeof expr !== 'string') return { ok: false, id, message: '"expr" must be a string' };
  if (typeof container !== 'string') return { ok: false, id, message: '"container" must be a string' };
  if (typeof check !== 'boolean') return { ok: false, id, message: '"check" must be true or false' };
  const values = readBindings(bindings);
  if (typeof values === 'string') return { ok: false, id, message: values };
  return { ok: true, request: { id, expr, container, check, bindings: values } };
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function readBindings(json: unknown): Map<string, Value> | string {
  if (!isObject(json)) return '"bindings" must be an object';
  const values = new Map<string, Value>();
  for (const [name, form] of Object.entries(json)) {
    const value = readValue(form);
    if (value instanceof Failure) return `the binding ${JSON.stringify(name)}: ${value.message}`;
    values.set(name, value);
  }
  return values;
}
