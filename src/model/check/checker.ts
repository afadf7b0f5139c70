import type { Diagnostic } from '../../base/diagnostic.ts';
import type { Resource } from '../kinds.ts';
import { resourceKey } from '../names.ts';
import { ResourceSet } from '../resource-set.ts';
import type { BrokenResource, SourcedResource } from '../source.ts';
import { locateProblem, type Problem } from '../validate/problem.ts';

export interface CheckOptions {
  /** What a reference to a Secret that is not there is: it can be created later, and is 502 until then. */
  readonly unknownSecret: 'error' | 'warning';
  /** Whether a sealed Secret of that name is there, when it is not among the resources. */
  readonly secrets?: (name: string) => boolean;
  /** Resources that are there but were refused: naming them is no further mistake. */
  readonly broken?: readonly BrokenResource[];
}

/** Everything that is configured, for checks that look beyond one resource. */
export interface Checked {
  readonly sourced: readonly SourcedResource[];
  readonly broken: readonly BrokenResource[];
  /** With the built-ins. */
  readonly set: ResourceSet;
  readonly options: CheckOptions;
  /** The first of those with the kind and name of this one. */
  first(resource: Resource): SourcedResource | undefined;
}

export function everything(sourced: readonly SourcedResource[], options: CheckOptions): Checked {
  const firsts = new Map<string, SourcedResource>();
  for (const one of sourced) {
    const key = resourceKey(one.resource);
    if (!firsts.has(key)) firsts.set(key, one);
  }
  const set = ResourceSet.withBuiltIns(sourced);
  const first: Checked['first'] = (resource) => firsts.get(resourceKey(resource));
  return { sourced, broken: options.broken ?? [], set, options, first };
}

/** Checks one resource against all of them. */
export type ResourceCheck<R> = (resource: R, all: Checked) => readonly Problem[];

export function located(problems: readonly Problem[], { resource, source }: SourcedResource): Diagnostic[] {
  const title = `${resource.kind}/${resource.metadata.name}`;
  return problems.map((found) => locateProblem(found, source, title));
}
