import { canonicalName } from '../names.ts';
import type { Namespace } from '../namespace.ts';
import { type Problem, problem } from '../validate/problem.ts';
import { checkAccessRequests } from './access-requests.ts';
import type { Checked, ResourceCheck } from './checker.ts';

const NAME = ['metadata', 'name'];

/** Reserved by Octelium or by us. */
const RESERVED_BEGINNINGS = ['octelium', 'cordium', 'local', 'ostiary'];

export const checkNamespace: ResourceCheck<Namespace> = (namespace, all) => [
  ...checkName(namespace, all),
  ...checkAccessRequests(namespace.spec.authorization?.accessRequests),
];

/** A Namespace and a Service of the default Namespace would share a host name. */
function checkName({ metadata: { name } }: Namespace, all: Checked): Problem[] {
  const reserved = RESERVED_BEGINNINGS.find((beginning) => name.startsWith(beginning));
  if (reserved !== undefined) return [problem(NAME, `the name of a Namespace cannot begin with "${reserved}"`)];
  if (name === 'default' || all.set.get('Service', canonicalName('Service', name)) === null) return [];
  return [problem(NAME, `the Service "${name}" has this name too, and both would have one host name`)];
}
