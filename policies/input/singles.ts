import { Ambiguous, FullMap, type InputMap, type InputValue } from './values.ts';

/** One value a name. A name with several is ambiguous: client and upstream might each mean another one. */
export function singles(all: ReadonlyMap<string, readonly string[]>, message: (name: string) => string): InputMap {
  const entries = new Map<string, InputValue>();
  for (const [name, values] of all) {
    const [value, another] = values;
    if (value !== undefined) entries.set(name, another === undefined ? value : new Ambiguous(message(name)));
  }
  return new FullMap(entries);
}

export function addTo(all: Map<string, string[]>, name: string, value: string): void {
  const known = all.get(name);
  if (known === undefined) all.set(name, [value]);
  else known.push(value);
}
