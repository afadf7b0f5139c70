import type { CompiledText } from '../../../policies/text.ts';
import { AppError } from '../../base/errors.ts';
import type { Exchange } from '../../gateway/exchange.ts';
import { type Refusal, refuse } from '../../gateway/outcome.ts';
import type { PluginType } from '../../gateway/plugin.ts';
import type { KeyPath } from '../../model/source.ts';
import type { PluginDeps } from '../deps.ts';
import { compileExpression } from '../expression.ts';
import { encodedPart, hasName, partsOf } from './parts.ts';
import type { QueryChange, QueryChanges, QueryOperation } from './schema.ts';

/** Characters of a query; upstreams commonly accept no more than this in a whole request line. */
const LONGEST_QUERY = 8192;

/** Changes the parameters that the upstream sees, one change after the other. */
export const plugin: PluginType<QueryChanges, PluginDeps> = {
  create: ({ changes }, deps) => {
    const compiled = changes.map((change, i) => compileChange(change, ['changes', i], deps));
    return compiled.length === 0 ? {} : { onAuthorized: (x) => rewrite(x, compiled) };
  },
};

function rewrite(x: Exchange, changes: readonly Change[]): Refusal | null {
  const outgoing = x.outgoing!;
  let parts: readonly string[] | null = partsOf(outgoing.query);
  for (const change of changes) {
    parts = change(parts, x);
    if (parts === null) return refuse('rewrite-refused', 'upstreams may read the query in different ways');
  }
  const query = parts.join('&');
  const isTooLong = query.length > LONGEST_QUERY && query.length > outgoing.query.length;
  if (isTooLong) return refuse('rewrite-refused', 'the rewritten query is too long');
  outgoing.query = query;
  return null;
}

/** `null`: it cannot be said which parts have the name. */
type Change = (parts: readonly string[], x: Exchange) => readonly string[] | null;

type Operation = (parts: readonly string[], name: string, part: string | null) => readonly string[] | null;

const OPERATIONS: Readonly<Record<QueryOperation, Operation>> = {
  SET: replace,
  ADD: (parts, name, part) => (parts.some((one) => hasName(one, name) !== false) ? parts : pushed(parts, part)),
  PUSH: (parts, _, part) => pushed(parts, part),
  PUSH_IF_PRESENT: (parts, name, part) =>
    parts.some((one) => hasName(one, name) === true) ? pushed(parts, part) : parts,
  DELETE: (parts, name) => replace(parts, name, null),
};

function compileChange(change: QueryChange, path: KeyPath, deps: PluginDeps): Change {
  const { op, key, value } = change;
  const program = compileExpression(change, path, deps);
  if (key === '') deps.mistake([...path, 'key'], 'a parameter has a name');
  if ((value === undefined && program === null) !== (op === 'DELETE')) {
    deps.mistake(path, op === 'DELETE' ? 'DELETE has no value' : `${op} needs one of value, eval, liquid`);
  }
  const operation = OPERATIONS[op];
  const fixed = program === null ? value : program.constant;
  if (program === null || fixed !== undefined) {
    const part = fixed === undefined ? null : encodedPart(key, fixed);
    return (parts) => operation(parts, key, part);
  }
  return (parts, x) => operation(parts, key, evaluatedPart(program, key, x));
}

/** `null`: what the expression reads is not there. @throws AppError when it fails, which refuses the request. */
function evaluatedPart(program: CompiledText, key: string, { input }: Exchange): string | null {
  if (input === null) throw new AppError('internal', 'a query expression ran before its input was there');
  const result = program.evaluate(input);
  if (result.kind === 'error') throw new AppError('refused', `the expression for "${key}" failed: ${result.detail}`);
  return result.kind === 'absent' ? null : encodedPart(key, result.text);
}

function pushed(parts: readonly string[], part: string | null): readonly string[] {
  return part === null ? parts : [...parts, part];
}

/** In the place of the first one of that name; nothing in the place of all of them. */
function replace(parts: readonly string[], name: string, part: string | null): readonly string[] | null {
  const found = parts.map((one) => hasName(one, name));
  if (found.includes('unclear')) return null;
  const first = found.indexOf(true);
  if (first < 0) return pushed(parts, part);
  return parts.flatMap((one, i) => (i === first && part !== null ? [part] : found[i] === true ? [] : [one]));
}
