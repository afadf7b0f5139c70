import { Failure } from '../../values/failure.ts';
import { FieldName, MapValue } from '../../values/map.ts';
import type { Result } from '../../values/value.ts';
import type { Expr, Select } from '../syntax/ast.ts';
import type { Compiler } from './compiler.ts';
import { noSuchKey } from './failures.ts';
import { hasField, readField } from './field.ts';
import { type Operand, operand, type Step } from './frame.ts';
import { namedBy } from './name.ts';
import { placeOf } from './path-memo.ts';
import type { Scope } from './scope.ts';

/** A value and the fields of constant names that are read from it: `ctx.request.http.headers["x"]`. */
interface Path {
  readonly root: Operand;
  readonly fields: readonly Field[];
  /** The name of the variable that the root is, if it is one. */
  readonly variable: string | null;
}

interface Field {
  readonly id: number;
  readonly name: FieldName;
  readonly missing: Failure;
}

/** A name, a field, or an index that is a constant text. */
export function compilePath(expr: Expr, scope: Scope, compiler: Compiler): Operand {
  return readPath(expr, null, scope, compiler);
}

/** The operand of a test or of an optional field; `field` is what is asked of it. */
export function compileParent(expr: Expr, field: string, scope: Scope, compiler: Compiler): Operand {
  return readPath(expr, field, scope, compiler);
}

function readPath(expr: Expr, asked: string | null, scope: Scope, compiler: Compiler): Operand {
  const path = pathOf(expr, scope, compiler);
  const { root, fields, variable } = path;
  if (variable !== null)
    compiler.read([variable, ...namesOf(fields), ...(asked === null ? [] : [escaped(asked)])].join('.'));
  if (fields.length === 0) return root;
  if (compiler.isTraced) return tracedPath(root, fields, compiler);
  return compiler.strict(stepsOf(path), [root]);
}

function stepsOf({ root: { run }, fields, variable }: Path): Step {
  if (fields.length === 1) return oneField(run, fields[0]!);
  return variable === null ? manyFields(run, fields) : rememberedFields(run, fields, variable);
}

function pathOf(expr: Expr, scope: Scope, compiler: Compiler): Path {
  const named = namedBy(expr, scope, compiler);
  if (named !== null) return { root: compiler.traced(expr.id, named.operand), fields: [], variable: named.path };
  const step = fieldOf(expr);
  if (step === null) return { root: compiler.operand(expr, scope), fields: [], variable: null };
  const { root, fields, variable } = pathOf(step.operand, scope, compiler);
  const field = { id: expr.id, name: new FieldName(step.name), missing: noSuchKey(step.name, expr.at) };
  return { root, fields: [...fields, field], variable };
}

function namesOf(fields: readonly Field[]): string[] {
  return fields.map(({ name }) => escaped(name.name));
}

/** A dot inside a key must not look like two fields, nor a backslash at its end like one before a dot. */
function escaped(name: string): string {
  return name.replace(/[.\\]/g, '\\$&');
}

function fieldOf(expr: Expr): { readonly operand: Expr; readonly name: string } | null {
  if (expr.kind === 'select' && !expr.isTest) return { operand: expr.operand, name: expr.field };
  if (expr.kind !== 'call' || expr.name !== '_[_]') return null;
  const [operand, index] = expr.args;
  const name = index?.kind === 'constant' ? index.value : null;
  return operand !== undefined && typeof name === 'string' ? { operand, name } : null;
}

function oneField(root: Step, { name, missing }: Field): Step {
  return (frame) => readField(root(frame), name, missing);
}

function manyFields(root: Step, fields: readonly Field[]): Step {
  return (frame) => readFields(root(frame), fields);
}

function readFields(from: Result, fields: readonly Field[]): Result {
  let value = from;
  for (let i = 0; i < fields.length; i++) {
    const { name, missing } = fields[i]!;
    value = readField(value, name, missing);
    if (value instanceof Failure) return value;
  }
  return value;
}

/** Failures are not remembered: each has its place in the expression. */
function rememberedFields(root: Step, fields: readonly Field[], variable: string): Step {
  const { memo, position } = placeOf(variable, namesOf(fields).join('.'));
  return (frame) => {
    const map = root(frame);
    if (!(map instanceof MapValue)) return readFields(map, fields);
    const known = memo.get(map, position);
    if (known !== undefined) return known;
    const value = readFields(map, fields);
    if (!(value instanceof Failure)) memo.set(map, position, value);
    return value;
  };
}

function tracedPath(root: Operand, fields: readonly Field[], compiler: Compiler): Operand {
  return fields.reduce((parent, field) => compiler.traced(field.id, operand(oneField(parent.run, field))), root);
}

/** `has(operand.field)` */
export function compileTest({ operand: parent, field, at }: Select, scope: Scope, compiler: Compiler): Operand {
  const whole = compileParent(parent, field, scope, compiler);
  const { run } = whole;
  return compiler.strict((frame) => hasField(run(frame), field, at), [whole]);
}
