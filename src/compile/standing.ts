import {
  type BrokenResource,
  type ClusterConfig,
  DEFAULT_NAMESPACE,
  isStandInName,
  type Kind,
  type Namespace,
  namespaceOf,
  ResourceSet,
  type Service,
  type SourcedResource,
  type User,
} from '../model/index.ts';
import { nameOf } from './problem.ts';

export interface CompileInput {
  readonly resources: readonly SourcedResource[];
  /** Resources that were not accepted; Services among them still match and refuse. */
  readonly broken: readonly BrokenResource[];
  /** `Kind/name` of resources that are written soundly and cannot work, with the reason. */
  readonly faults: ReadonlyMap<string, string>;
}

/** The resources of one compilation: which of them work, and why others do not. */
export class Standing {
  readonly resources: ResourceSet;
  readonly broken: readonly BrokenResource[];
  readonly #faults: Map<string, string>;

  constructor({ resources, broken, faults }: CompileInput) {
    this.resources = ResourceSet.withBuiltIns(resources);
    this.broken = broken;
    this.#faults = new Map(faults);
  }

  get clusterConfig(): ClusterConfig {
    return this.resources.get('ClusterConfig', 'default')!.resource;
  }

  /** The first reason stays. @param name `Kind/name` */
  addFault(name: string, because: string): void {
    if (!this.#faults.has(name)) this.#faults.set(name, because);
  }

  /**
   * Resources of a kind without those that have a fault. A Group with a fault is kept: it may deny, and what it
   * attaches and is missing denies too.
   */
  working<K extends 'Credential' | 'User' | 'Group' | 'Policy' | 'IdentityProvider'>(
    kind: K,
    faulty: 'dropped' | 'kept' = 'dropped',
  ) {
    return this.resources
      .list(kind)
      .map(({ resource }) => resource)
      .filter((resource) => faulty === 'kept' || !this.#faults.has(nameOf(resource)));
  }

  /** A user one of whose Groups is missing or broken might escape what that Group denies, so nobody is that user. */
  users(): User[] {
    return this.working('User').filter(({ spec }) => (spec.groups ?? []).every((name) => this.#isSoundGroup(name)));
  }

  /** A missing Namespace is a fault of the Service, so whatever stands in for it serves nothing. */
  namespaceOf({ metadata }: Service): Namespace {
    const found = this.resources.get('Namespace', namespaceOf(metadata.name));
    return (found ?? this.resources.get('Namespace', DEFAULT_NAMESPACE)!).resource;
  }

  /** Why the Service cannot serve, as far as others are the reason; `null`: they are not. */
  faultOf(service: Service): string | null {
    const own = this.#faults.get(nameOf(service)) ?? this.#missingNamespace(service);
    if (own !== null) return own;
    const cluster = this.#faults.get('ClusterConfig/default') ?? this.#brokenClusterConfig();
    return cluster === undefined ? null : `the ClusterConfig is broken: ${cluster}`;
  }

  #isSoundGroup(name: string): boolean {
    return this.resources.has('Group', name) && this.#brokenBecause('Group', name) === null;
  }

  #missingNamespace({ metadata }: Service): string | null {
    const namespace = namespaceOf(metadata.name);
    const because = this.#brokenNamespace(namespace);
    if (because !== null) return `its Namespace "${namespace}" is broken: ${because}`;
    return this.resources.has('Namespace', namespace) ? null : `its Namespace "${namespace}" is missing or broken`;
  }

  /** The default Namespace is there in any case, so one whose name cannot be read may have been meant to be it. */
  #brokenNamespace(name: string): string | null {
    const nameless = name === DEFAULT_NAMESPACE ? this.broken.find(isNamelessNamespace)?.because : undefined;
    return this.#brokenBecause('Namespace', name) ?? this.#faults.get(`Namespace/${name}`) ?? nameless ?? null;
  }

  #brokenBecause(kind: Kind, name: string): string | null {
    return this.broken.find((one) => one.kind === kind && one.name === name)?.because ?? null;
  }

  #brokenClusterConfig(): string | undefined {
    return this.broken.find(({ kind }) => kind === 'ClusterConfig')?.because;
  }
}

function isNamelessNamespace({ kind, name }: BrokenResource): boolean {
  return kind === 'Namespace' && isStandInName(name);
}
