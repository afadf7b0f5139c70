import { canonicalName } from '../names.ts';
import type { Namespace } from '../namespace.ts';
import { problem } from '../validate/problem.ts';
import type { ResourceCheck } from './checker.ts';

const NAME = ['metadata', 'name'];

/** Reserved by Octelium or by us. */
const RESERVED_BEGINNINGS = ['octelium', 'cordium', 'local', 'ostiary'];

/** A Namespace and a Service of the default Namespace would share a host name. */
export const checkNamespace: ResourceCheck<Namespace> = ({ metadata: { name } }, all) => {
  const reserved = RESERVED_BEGINNINGS.find((beginning) => name.startsWith(beginning));
  if (reserved !== undefined) return [problem(NAME, `the name of a Namespace cannot begin with "${reserved}"`)];
  if (name === 'default' || all.set.get('Service', canonicalName('Service', name)) === null) return [];
  return [problem(NAME, `the Service "${name}" has this name too, and both would have one host name`)];
};
