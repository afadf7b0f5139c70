import { createCelEngine } from '../../../policies/cel/engine.ts';
import { compilePolicySet } from '../../../policies/policy-set.ts';
import type { Authorization, Rule } from '../../../src/model/index.ts';
import { namespace, newInput, principal, service } from './input.ts';

const RULES = 100;

/** Decides one more request each time; every rule is looked at, and the last one allows. */
export function preparedDecision(): () => unknown {
  const authorization: Authorization = { inlinePolicies: [{ name: 'own', spec: { rules: rules() } }] };
  const target = { ...service, spec: { ...service.spec, authorization } };
  const clusterConfig = { kind: 'ClusterConfig' as const, metadata: { name: 'default' }, spec: {} };
  const set = compilePolicySet({ policies: [], owners: [target], engine: createCelEngine() });
  if (set.problems.length > 0) throw new Error(set.problems[0]!.message);
  const authorizer = set.authorizerFor(target, namespace, clusterConfig);
  return () => authorizer.authorize(principal, newInput()).effect === 'allow';
}

function rules(): Rule[] {
  return Array.from({ length: RULES }, (_, i): Rule => {
    const match = i === RULES - 1 ? 'ctx.request.http.path.startsWith("/v1/")' : passed(i);
    return { effect: 'ALLOW', condition: { match } };
  });
}

/** Half of the rules are about the request, a quarter each about the principal and about both. */
function passed(i: number): string {
  const path = `ctx.request.http.path.startsWith("/team-${i}/")`;
  const group = `"team-${i}" in ctx.user.spec.groups`;
  return [path, group, `ctx.request.http.host == "host-${i}.example.com"`, `${path} && ${group}`][i % 4]!;
}
