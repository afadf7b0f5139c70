import { AppError } from '../../base/errors.ts';
import { isHeaderValue, toHeaderValue } from '../../base/header-text.ts';
import { isMapping } from '../../model/validate/schema-node.ts';
import { refuseIdentityName } from '../headers/identity-names.ts';
import { fieldName } from '../headers/rules.ts';

/** One field; no values: it is removed. */
export interface FieldChange {
  readonly name: string;
  readonly values: readonly string[];
}

export interface RequestGiven {
  readonly kind: 'changes';
  readonly fields: readonly FieldChange[];
  readonly path: string | null;
  readonly query: string | null;
}

export interface AnswerGiven {
  readonly kind: 'answer';
  readonly status: number;
  readonly fields: readonly FieldChange[];
  readonly body: string;
}

export interface ResponseGiven {
  readonly status: number | null;
  readonly fields: readonly FieldChange[];
}

const MOST_FIELDS = 100;
/** Octets of one value. */
const LONGEST_VALUE = 8192;

/** Statuses that have no body (RFC 9110 15.3.5, 15.3.6, 15.4.5). */
export const BODILESS: ReadonlySet<number> = new Set([204, 205, 304]);

/** What `onRequest` gave. @throws AppError `refused` for everything that it may not give */
export function readRequestGiven(value: unknown): RequestGiven | AnswerGiven {
  if (value === undefined || value === null) return NOTHING;
  const given = partOf(value, 'onRequest', ['headers', 'path', 'query', 'answer']);
  if (given.answer !== undefined) {
    if (Object.keys(given).length > 1) throw wrong('onRequest gave an answer and changes');
    return readAnswer(given.answer);
  }
  return {
    kind: 'changes',
    fields: fieldsOf(given.headers),
    path: textOf(given.path, 'path'),
    query: textOf(given.query, 'query'),
  };
}

/** What `onResponse` gave. @throws AppError `refused` */
export function readResponseGiven(value: unknown): ResponseGiven {
  if (value === undefined || value === null) return NO_CHANGES;
  const { status, headers } = partOf(value, 'onResponse', ['status', 'headers']);
  return { status: status === undefined ? null : statusOf(status), fields: fieldsOf(headers) };
}

const NOTHING: RequestGiven = { kind: 'changes', fields: [], path: null, query: null };
const NO_CHANGES: ResponseGiven = { status: null, fields: [] };

function readAnswer(value: unknown): AnswerGiven {
  const given = partOf(value, 'the answer', ['status', 'headers', 'body']);
  const status = statusOf(given.status);
  const body = textOf(given.body, 'body') ?? '';
  if (body !== '' && BODILESS.has(status)) throw wrong(`an answer with status ${status} has no body`);
  return { kind: 'answer', status, fields: fieldsOf(given.headers), body };
}

function fieldsOf(value: unknown): FieldChange[] {
  if (value === undefined) return [];
  if (!isMapping(value)) throw wrong('headers is not an object');
  const entries = Object.entries(value);
  if (entries.length > MOST_FIELDS) throw wrong(`it changes more than ${MOST_FIELDS} headers`);
  return entries.map(([key, given]) => fieldOf(key, given));
}

function fieldOf(key: string, given: unknown): FieldChange {
  const name = fieldName(key);
  refuseIdentityName(name, given !== null);
  const values = given === null ? [] : Array.isArray(given) ? given : [given];
  return { name, values: values.map((value) => headerValue(name, value)) };
}

/** Whatever ends a field would begin another one that was never judged (RFC 9110 5.5). */
function headerValue(name: string, value: unknown): string {
  if (typeof value !== 'string') throw wrong(`the value of "${name}" is not a text`);
  const octets = toHeaderValue(value);
  if (!isHeaderValue(octets)) throw wrong(`the value of "${name}" has characters that no header may have`);
  if (octets.length > LONGEST_VALUE) throw wrong(`the value of "${name}" is longer than ${LONGEST_VALUE} bytes`);
  return octets;
}

function statusOf(value: unknown): number {
  if (Number.isInteger(value) && (value as number) >= 200 && (value as number) <= 599) return value as number;
  throw wrong('status is not a whole number from 200 to 599');
}

function textOf(value: unknown, key: string): string | null {
  if (value === undefined) return null;
  if (typeof value !== 'string') throw wrong(`${key} is not a text`);
  return value;
}

/** A key that nobody knows is one that would be missed. */
function partOf(value: unknown, what: string, keys: readonly string[]): Readonly<Record<string, unknown>> {
  if (!isMapping(value)) throw wrong(`${what} gave something that is not an object`);
  const unknown = Object.keys(value).find((key) => !keys.includes(key));
  if (unknown !== undefined) throw wrong(`${what} gave "${unknown.slice(0, 40)}"; known are ${keys.join(', ')}`);
  return value;
}

function wrong(message: string): AppError {
  return new AppError('refused', message);
}
