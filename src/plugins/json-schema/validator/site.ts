import type { AppError } from '../../../base/errors.ts';
import type { Check } from './run.ts';

export type SchemaObject = Readonly<Record<string, unknown>>;

/** A place in a schema, for the keyword that is being compiled there. */
export interface Site {
  /** The keyword. */
  readonly keyword: string;
  /** The schema that it stands in. */
  readonly schema: SchemaObject;
  /** Compiles a schema below this keyword. */
  readonly compile: (schema: unknown, ...keys: readonly string[]) => Check;
  /** What a local reference leads to. */
  readonly reference: (pointer: string) => Check;
  /** The site of another keyword of the same schema. */
  readonly beside: (keyword: string) => Site;
  /** A mistake of the keyword. */
  readonly mistake: (message: string) => AppError;
}

/** `null`: it says nothing by itself. @throws AppError `invalid` */
export type Keyword = (argument: unknown, site: Site) => Check | null;

export function isObject(value: unknown): value is SchemaObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function objectAt(value: unknown, site: Site): SchemaObject {
  if (!isObject(value)) throw site.mistake('takes an object');
  return value;
}

export function listAt(value: unknown, site: Site): readonly unknown[] {
  if (!Array.isArray(value) || value.length === 0) throw site.mistake('takes a list that is not empty');
  return value;
}

export function namesAt(value: unknown, site: Site): readonly string[] {
  const isNames = Array.isArray(value) && value.every((one) => typeof one === 'string');
  if (!isNames) throw site.mistake('takes a list of names');
  return value;
}

export function numberAt(value: unknown, site: Site): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw site.mistake('takes a number');
  return value;
}

export function countAt(value: unknown, site: Site): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw site.mistake('takes a whole number from 0 on');
  return value as number;
}
