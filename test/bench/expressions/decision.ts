import { createCelEngine } from '../../../policies/cel/engine.ts';
import { compilePolicySet } from '../../../policies/policy-set.ts';
import type { Authorization, Rule } from '../../../src/model/index.ts';
import { namespace, newInput, principal, service } from './input.ts';

const RULES = 100;

/** By name: what each rule but the last one asks. */
export const DECISIONS = {
  /** Half of the rules are about the request, a quarter each about the principal and about both. */
  decision: (i: number) => [pathOf(i), groupOf(i), hostOf(i), `${pathOf(i)} && ${groupOf(i)}`][i % 4]!,
  /** One Policy for many Services: nine rules in ten are about others. */
  'decision by service': (i: number) =>
    i % 10 === 0 ? pathOf(i) : `ctx.service.metadata.name == "service-${i}" && attrs.open`,
};

/** Decides one more request each time; every rule passes, and the last one allows. */
export function preparedDecision(passed: (position: number) => string): () => unknown {
  const spec = { attrs: { open: true }, rules: rules(passed) };
  const authorization: Authorization = { inlinePolicies: [{ name: 'own', spec }] };
  const target = { ...service, spec: { ...service.spec, authorization } };
  const clusterConfig = { kind: 'ClusterConfig' as const, metadata: { name: 'default' }, spec: {} };
  const set = compilePolicySet({ policies: [], owners: [target], engine: createCelEngine() });
  if (set.problems.length > 0) throw new Error(set.problems[0]!.message);
  const authorizer = set.authorizerFor(target, namespace, clusterConfig);
  return () => authorizer.authorize(principal, newInput()).effect === 'allow';
}

function rules(passed: (position: number) => string): Rule[] {
  return Array.from({ length: RULES }, (_, i): Rule => {
    const match = i === RULES - 1 ? 'ctx.request.http.path.startsWith("/v1/")' : passed(i);
    return { effect: 'ALLOW', condition: { match } };
  });
}

function pathOf(i: number): string {
  return `ctx.request.http.path.startsWith("/team-${i}/")`;
}

function groupOf(i: number): string {
  return `"team-${i}" in ctx.user.spec.groups`;
}

function hostOf(i: number): string {
  return `ctx.request.http.host == "host-${i}.example.com"`;
}
