import { didYouMean } from '../../../src/base/suggest.ts';
import type { Call, Expr, Select } from '../syntax/ast.ts';
import { isAssignable } from './assign.ts';
import type { Checking } from './checking.ts';
import { elsewhere } from './elsewhere.ts';
import { fieldHabit } from './habits.ts';
import { typeOfQualified } from './names.ts';
import { isAnything } from './parts.ts';
import type { TypeScope } from './scope.ts';
import { BOOL, DYN, ERROR, type ObjectType, optionalOf, STRING, type Type } from './type.ts';

/** A field that is asked for, and where it is written. */
export interface Field {
  readonly name: string;
  readonly at: number;
}

/** `operand.field`, `has(operand.field)`; or a name with dots in it. */
export function typeOfSelect(expr: Select, scope: TypeScope, checking: Checking): Type {
  const named = typeOfQualified(expr, scope, checking);
  if (named !== null) return named;
  const operand = checking.check(expr.operand, scope);
  // a test stands where its macro does, which is before the dot
  const type = typeOfField(operand, afterDot(expr.field, expr.isTest ? expr.operand.end : expr.at), checking);
  return expr.isTest ? BOOL : type;
}

/** `operand.?field` */
export function typeOfOptionalSelect(call: Call, scope: TypeScope, checking: Checking): Type {
  const [operand, field] = call.args as [Expr, Expr];
  const name = field.kind === 'constant' && typeof field.value === 'string' ? field.value : '';
  const type = typeOfField(checking.check(operand, scope), afterDot(name, call.at + 1), checking);
  checking.types.set(field.id, STRING);
  checking.overloads(call.id, checking.environment.functions.get(call.name) ?? []);
  return type.kind === 'optional' ? type : optionalOf(type);
}

function afterDot(name: string, at: number): Field {
  return { name, at: at + 1 };
}

/** A field of an optional value is optional itself. */
export function typeOfField(operand: Type, field: Field, checking: Checking): Type {
  if (operand.kind === 'optional') return optionalOf(fieldIn(checking.variables.resolve(operand.of), field, checking));
  return fieldIn(operand, field, checking);
}

function fieldIn(type: Type, field: Field, checking: Checking): Type {
  switch (type.kind) {
    case 'map':
      return type.value;
    case 'object':
      return fieldOf(type, field, checking);
    case 'param':
      // nothing that is found later may contradict what was read from it here
      isAssignable(DYN, type, checking.variables);
      return DYN;
    default:
      if (!isAnything(type)) checking.tell(field.at, `${checking.text(type)} has no fields`, fieldHabit(field.name));
      return isAnything(type) ? DYN : ERROR;
  }
}

function fieldOf(object: ObjectType, field: Field, checking: Checking): Type {
  const { name, fields } = object;
  const type = fields.get(field.name);
  if (type !== undefined) return type;
  const suggestion = didYouMean(field.name, fields.keys()) ?? fieldElsewhere(object, field.name, checking);
  checking.tell(field.at, `${name} has no field "${field.name}"`, suggestion);
  return ERROR;
}

/** A field of that name further in, else one that the same variable has in another place. */
function fieldElsewhere(object: ObjectType, name: string, { environment }: Checking): string | null {
  const [root = '', ...from] = object.name.split('.');
  const below = elsewhere(object, [], name);
  // the items of a list have no path of their own
  if (object.name.includes('[]')) return below === null ? null : `did you mean ".${below.join('.')}"?`;
  const variable = environment.variables.get(root);
  const path = variable === undefined ? null : elsewhere(variable, from, name);
  return path === null ? null : `did you mean "${[root, ...path].join('.')}"?`;
}
