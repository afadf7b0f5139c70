import { policyParents } from '../names.ts';
import type { Policy } from '../policy.ts';
import { quote } from '../validate/describe.ts';
import { problem } from '../validate/problem.ts';
import type { ResourceCheck } from './checker.ts';
import { isThere } from './references.ts';

/** As in `policies/access-grant.ts`. */
const ACCESS_GRANT = 'access-grant';

/** Attaching `a.b.c` applies `b.c` and `c` too, so they must be there. */
export const checkPolicy: ResourceCheck<Policy> = ({ metadata: { name } }, all) => {
  if (name === ACCESS_GRANT)
    return [problem(['metadata', 'name'], 'this is what decisions by a granted access request are called')];
  const missing = policyParents(name).find((parent) => !isThere('Policy', parent, all));
  return missing === undefined ? [] : [problem(['metadata', 'name'], `its parent ${quote(missing)} is not there`)];
};
