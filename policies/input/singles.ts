import { Failure } from '../values/failure.ts';
import { FullMap } from '../values/map.ts';

/** One value a name. A name with several is ambiguous: client and upstream might each mean another one. */
export function singles(all: ReadonlyMap<string, readonly string[]>, message: (name: string) => string): FullMap {
  const entries: (readonly [string, string | Failure])[] = [];
  for (const [name, values] of all) {
    const [value, another] = values;
    if (value !== undefined) entries.push([name, another === undefined ? value : ambiguous(message(name))]);
  }
  return FullMap.of(entries);
}

function ambiguous(message: string): Failure {
  return new Failure('error', message, -1, true);
}

export function addTo(all: Map<string, string[]>, name: string, value: string): void {
  const known = all.get(name);
  if (known === undefined) all.set(name, [value]);
  else known.push(value);
}
