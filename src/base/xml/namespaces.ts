import { XmlFault } from './element.ts';

/** What prefixes stand for at some place; `''` is the namespace of names without one. */
export type Scope = ReadonlyMap<string, string>;

const XML_NAMESPACE = 'http://www.w3.org/XML/1998/namespace';
const XMLNS_NAMESPACE = 'http://www.w3.org/2000/xmlns/';

export const OUTERMOST: Scope = new Map([['xml', XML_NAMESPACE]]);

/** With what a start tag declares. */
export function scopeOf(written: ReadonlyMap<string, string>, outer: Scope): Scope {
  const declared = [...written].filter(([name]) => name === 'xmlns' || name.startsWith('xmlns:'));
  if (declared.length === 0) return outer;
  const own = declared.map(([name, uri]) => [name === 'xmlns' ? '' : name.slice('xmlns:'.length), uri] as const);
  if (own.some(([prefix, uri]) => isReserved(prefix, uri))) throw new XmlFault('a namespace is declared wrongly');
  return new Map([...outer, ...own]);
}

/** Namespaces in XML 1.0, 3. */
function isReserved(prefix: string, uri: string): boolean {
  if (prefix === 'xml' || prefix === 'xmlns' || uri === XML_NAMESPACE || uri === XMLNS_NAMESPACE) return true;
  return prefix !== '' && uri === '';
}

/** What an element's name, or one of an attribute with a prefix, stands for. */
export function named(qualified: string, scope: Scope): { readonly namespace: string; readonly name: string } {
  const colon = qualified.indexOf(':');
  const prefix = colon === -1 ? '' : qualified.slice(0, colon);
  const namespace = scope.get(prefix) ?? (prefix === '' ? '' : null);
  if (namespace === null) throw new XmlFault('a prefix is not declared');
  return { namespace, name: qualified.slice(colon + 1) };
}

/** Attributes without declarations, by `local` or `{namespace}local`. */
export function resolved(written: ReadonlyMap<string, string>, scope: Scope): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [qualified, value] of written) {
    if (qualified === 'xmlns' || qualified.startsWith('xmlns:')) continue;
    const key = qualified.includes(':') ? expanded(named(qualified, scope)) : qualified;
    if (found.has(key)) throw new XmlFault('an attribute is there twice');
    found.set(key, value);
  }
  return found;
}

function expanded({ namespace, name }: { readonly namespace: string; readonly name: string }): string {
  return `{${namespace}}${name}`;
}
