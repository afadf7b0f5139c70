/** What a JSON pointer (RFC 6901) leads to; `undefined` when that is nothing. */
export function resolvePointer(document: unknown, pointer: string): { readonly value: unknown } | undefined {
  let value = document;
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = Reflect.get(value, key);
  }
  return { value };
}
