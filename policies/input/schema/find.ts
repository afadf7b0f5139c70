import { didYouMean } from '../../../src/base/suggest.ts';
import { CONTEXT } from './context.ts';
import type { Field } from './field.ts';
import { objectIn } from './text.ts';

export type Found =
  | { readonly ok: true; readonly field: Field }
  | { readonly ok: false; readonly message: string; readonly suggestion: string | null };

const ROOT: Field = { form: CONTEXT, doc: 'What expressions see of a request.', isAbsent: false };

/** The field at a path such as `ctx.user.spec`; of a list, that of its items. */
export function findField(path: string): Found {
  const [root = '', ...names] = path.split('.');
  if (root !== 'ctx') return { ok: false, message: `a path begins with "ctx", not with "${root}"`, suggestion: null };
  let field = ROOT;
  let parent = root;
  for (const name of names) {
    const fields = objectIn(field.form)?.fields ?? {};
    const next = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (next === undefined) return unknown(parent, name, Object.keys(fields));
    field = next;
    parent = `${parent}.${name}`;
  }
  return { ok: true, field };
}

function unknown(parent: string, name: string, known: readonly string[]): Found {
  if (known.length === 0) return { ok: false, message: `${parent} has no fields that are known`, suggestion: null };
  return { ok: false, message: `${parent} has no field "${name}"`, suggestion: didYouMean(name, known) };
}
