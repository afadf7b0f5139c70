import { isBuiltInPolicy } from '../built-ins.ts';
import type { SourcedResource } from '../source.ts';
import { type Problem, problem } from '../validate/problem.ts';
import type { Checked } from './checker.ts';

const NAME = ['metadata', 'name'];

/** Whether another resource has this kind and name and comes first. */
export function isDuplicate(one: SourcedResource, all: Checked): boolean {
  return all.first(one.resource) !== one;
}

/** Of two resources with one kind and name the later one is refused, or the one that is not broken anyway. */
export function checkDuplicate(one: SourcedResource, all: Checked): Problem[] {
  const { kind, metadata } = one.resource;
  if (kind === 'Policy' && isBuiltInPolicy(metadata.name)) {
    return [problem(NAME, `the Policy "${metadata.name}" is built in and cannot be replaced`)];
  }
  const first = all.first(one.resource);
  const twin = first === one ? all.broken.find((other) => other.kind === kind && other.name === metadata.name) : first;
  if (twin === undefined) return [];
  const { file, line } = twin.source.locate(NAME);
  return [problem(NAME, `the ${kind} "${metadata.name}" is there already, at ${file}:${line}`)];
}
