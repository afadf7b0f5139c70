import { didYouMean } from '../../src/base/suggest.ts';
import { CONTEXT } from '../input/schema/context.ts';
import type { Field, Form } from '../input/schema/field.ts';
import { keyOf } from './paths.ts';
import type { Read } from './reads.ts';

/** What is said about a read, at one name of its path. */
export interface Finding {
  readonly at: number;
  readonly message: string;
  readonly suggestion: string | null;
}

/** A key that the Policy's own `attrs` do not have. */
export function missingAttr({ chain, known }: Read, attrs: Readonly<Record<string, unknown>>): Finding | null {
  const [root, ...names] = chain.path;
  if (root !== 'attrs') return null;
  let holder: unknown = attrs;
  for (const [i, name] of names.entries()) {
    if (typeof holder !== 'object' || holder === null || Array.isArray(holder)) return null;
    if (isKnown(chain.path, i + 1, known) || (chain.isTest && i === names.length - 1)) return null;
    if (!Object.hasOwn(holder, name))
      return noKey(chain.path.slice(0, i + 1).join('.'), name, holder, chain.places[i + 1]!);
    holder = (holder as Readonly<Record<string, unknown>>)[name];
  }
  return null;
}

const MOST_LISTED = 12;

function noKey(holder: string, name: string, value: object, at: number): Finding {
  const keys = Object.keys(value);
  const listed = keys.length > 0 && keys.length <= MOST_LISTED ? `known here: ${keys.join(', ')}` : null;
  const message = `${holder} of this Policy has no key "${name}", so this is always missing`;
  return { at, message, suggestion: didYouMean(name, keys) ?? listed ?? 'give the Policy spec.attrs' };
}

/** A field of `ctx` that some requests do not have, read by a DENY rule as if all had it. */
export function missingField({ chain, known, isNegated }: Read): Finding | null {
  const [root, ...names] = chain.path;
  if (root !== 'ctx' || isNegated) return null;
  let form: Form = CONTEXT;
  for (const [i, name] of names.entries()) {
    const field = fieldOf(form, name);
    if (field === undefined || (chain.isTest && i === names.length - 1)) return null;
    const mayBeMissing = field.isOptional === true || field.isAbsent;
    if (mayBeMissing && !isKnown(chain.path, i + 1, known)) {
      return unguarded(chain.path.slice(0, i + 2).join('.'), chain.places[i + 1]!);
    }
    form = field.form;
  }
  return null;
}

function fieldOf(form: Form, name: string): Field | undefined {
  return form.kind === 'object' && Object.hasOwn(form.fields, name) ? form.fields[name] : undefined;
}

function unguarded(path: string, at: number): Finding {
  const message = `${path} may be missing, and then this DENY rule denies`;
  return { at, message, suggestion: `ask for it first: has(${path}) && …` };
}

function isKnown(path: readonly string[], last: number, known: ReadonlySet<string>): boolean {
  return known.has(keyOf(path.slice(0, last + 1)));
}
