import type { Engine } from '../../policies/engine.ts';
import { compilePolicySet, type PolicySet } from '../../policies/policy-set.ts';
import type { OpaSources } from '../../policies/rego/sources.ts';
import type { OpaSettings } from '../model/index.ts';
import { nameOf, problem } from './problem.ts';
import type { Report } from './report.ts';
import type { Standing } from './standing.ts';

/** What may attach policies. */
const OWNERS = ['Service', 'Namespace', 'User', 'Group', 'Credential', 'ClusterConfig'] as const;

/**
 * A Policy that cannot work is left out, and what refers to it denies.
 *
 * @param previous what was committed last, whose compiled policies are used again
 */
export function compilePolicies(
  standing: Standing,
  engine: Engine,
  previous: PolicySet | null,
  report: Report,
): PolicySet {
  const { resources } = standing;
  const owners = OWNERS.flatMap((kind) => resources.list(kind).map(({ resource }) => resource));
  const set = compilePolicySet({ policies: standing.working('Policy'), owners, engine, previous });
  for (const { owner, path, line, column, message, suggestion, isShadow } of set.problems) {
    const sourced = resources.get(owner.kind, owner.metadata.name)!;
    report.error(sourced, { path, message, suggestion, inText: { line, column } });
    // others go on, and what they attach denies
    if (!isShadow && owner.kind === 'Service') standing.addFault(nameOf(sourced.resource), message);
  }
  for (const { owner, ...found } of set.advice) {
    report.warning(resources.get(owner.kind, owner.metadata.name)!, found);
  }
  return set;
}

/** What is in a file can be known at once; conditions that need it deny. */
export function reportBundles(
  { resources }: Standing,
  { bundles = [] }: OpaSettings = {},
  sources: OpaSources,
  report: Report,
): void {
  for (const [i, { name, file }] of bundles.entries()) {
    const because = sources.bundles.get(name)?.problem ?? '';
    if (file === undefined || because === '') continue;
    const found = problem(['spec', 'opa', 'bundles', i, 'file'], `the bundle cannot be used: ${because}`);
    report.warning(resources.get('ClusterConfig', 'default')!, found);
  }
}
