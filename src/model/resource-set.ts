import { BUILT_IN_POLICIES, DEFAULT_RESOURCES } from './built-ins.ts';
import type { Kind, Resource } from './kinds.ts';
import { canonicalName } from './names.ts';
import { builtInSource, type Sourced, type SourcedResource } from './source.ts';

/** Resources by kind and name. Immutable. Of two with one name the first counts. */
export class ResourceSet {
  readonly #byKind: ReadonlyMap<Kind, ReadonlyMap<string, SourcedResource>>;

  constructor(sourced: Iterable<SourcedResource>) {
    const byKind = new Map<Kind, Map<string, SourcedResource>>();
    for (const one of sourced) {
      const { kind, metadata } = one.resource;
      const ofKind = byKind.get(kind) ?? new Map<string, SourcedResource>();
      byKind.set(kind, ofKind);
      const name = canonicalName(kind, metadata.name);
      if (!ofKind.has(name)) ofKind.set(name, one);
    }
    this.#byKind = byKind;
  }

  /** With the built-in Policies, which nothing replaces, and the defaults of what is not there. */
  static withBuiltIns(sourced: Iterable<SourcedResource>): ResourceSet {
    return new ResourceSet([...BUILT_IN_POLICIES.map(builtIn), ...sourced, ...DEFAULT_RESOURCES.map(builtIn)]);
  }

  /** Either spelling of a Service's name will do: `api` and `api.default`. */
  get<K extends Kind>(kind: K, name: string): Sourced<K> | null {
    const found = this.#find(kind, name);
    return found !== undefined && isOf(kind, found) ? found : null;
  }

  has(kind: Kind, name: string): boolean {
    return this.#find(kind, name) !== undefined;
  }

  /** In the order of their names. */
  list<K extends Kind>(kind: K): Sourced<K>[] {
    const all = [...(this.#byKind.get(kind)?.values() ?? [])].filter((one) => isOf(kind, one));
    return all.sort((a, b) => (a.resource.metadata.name < b.resource.metadata.name ? -1 : 1));
  }

  #find(kind: Kind, name: string): SourcedResource | undefined {
    return this.#byKind.get(kind)?.get(canonicalName(kind, name));
  }
}

function builtIn(resource: Resource): SourcedResource {
  return { resource, source: builtInSource };
}

function isOf<K extends Kind>(kind: K, one: SourcedResource): one is Sourced<K> {
  return one.resource.kind === kind;
}
