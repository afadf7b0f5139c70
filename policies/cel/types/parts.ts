import { listOf, mapOf, optionalOf, type Type, typeOf } from './type.ts';

const NONE: readonly Type[] = [];

/** The types that a type is made of. */
export function partsOf(type: Type): readonly Type[] {
  switch (type.kind) {
    case 'list':
      return [type.element];
    case 'map':
      return [type.key, type.value];
    case 'type':
    case 'optional':
      return [type.of];
    case 'opaque':
      return type.of;
    default:
      return NONE;
  }
}

/** The same type of other parts, as many as it has. */
export function withParts(type: Type, parts: readonly Type[]): Type {
  const [first, second] = parts;
  switch (type.kind) {
    case 'list':
      return listOf(first!);
    case 'map':
      return mapOf(first!, second!);
    case 'type':
      return typeOf(first!);
    case 'optional':
      return optionalOf(first!);
    case 'opaque':
      return { ...type, of: parts };
    default:
      return type;
  }
}

/** Whether two types are the same but for their parts. */
export function isSameKind(a: Type, b: Type): boolean {
  if (a.kind !== b.kind || partsOf(a).length !== partsOf(b).length) return false;
  return !('name' in a && 'name' in b) || a.name === b.name;
}

export function isSameType(a: Type, b: Type): boolean {
  if (a === b) return true;
  const others = partsOf(b);
  return isSameKind(a, b) && partsOf(a).every((part, i) => isSameType(part, others[i]!));
}

/** Goes with every type. */
export function isAnything({ kind }: Type): boolean {
  return kind === 'dyn' || kind === 'error';
}

/** Whether `a` says the same as `b` or less: `list(dyn)` says less than `list(int)`. */
export function isNoMoreSpecific(a: Type, b: Type): boolean {
  if (a.kind === 'dyn' || a.kind === 'param') return true;
  if (b.kind === 'dyn' || b.kind === 'param' || !isSameKind(a, b)) return false;
  if (a.kind === 'type') return true;
  const others = partsOf(b);
  return partsOf(a).every((part, i) => isNoMoreSpecific(part, others[i]!));
}

/** Of two types that go together. `null` stands for a value of the other. */
export function mostGeneral(a: Type, b: Type): Type {
  return b.kind === 'null' || isNoMoreSpecific(a, b) ? a : b;
}
