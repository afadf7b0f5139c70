import type { Type } from './type.ts';

/** A type as messages write it: `map(string, dyn)`. */
export function typeText(type: Type): string {
  switch (type.kind) {
    case 'list':
      return `list(${typeText(type.element)})`;
    case 'map':
      return `map(${typeText(type.key)}, ${typeText(type.value)})`;
    case 'type':
      return `type(${typeText(type.of)})`;
    case 'optional':
      return `optional_type(${typeText(type.of)})`;
    case 'opaque':
      return type.of.length === 0 ? type.name : `${type.name}(${typeTexts(type.of)})`;
    case 'object':
    case 'param':
      return type.name;
    default:
      return type.kind;
  }
}

export function typeTexts(types: readonly Type[]): string {
  return types.map(typeText).join(', ');
}
