import { policy, service, workload, yaml } from '../../support/resources.ts';
import { USERS } from './log.ts';

/** Ten rules: some about the request, some about the user, some about both; the last allows. */
export function resources(): string {
  const users = Array.from({ length: USERS }, (_, i) => workload(`user-${i}`, { groups: ['staff'] }));
  const denials = Array.from({ length: 8 }, (_, i) => ({
    effect: 'DENY',
    condition: { match: `ctx.request.http.path.startsWith("/team-${i}/") && !("team-${i}" in ctx.user.spec.groups)` },
  }));
  const deletes = { effect: 'DENY', condition: { match: 'ctx.request.http.method == "DELETE"' } };
  const allow = { effect: 'ALLOW', condition: { match: '"staff" in ctx.user.spec.groups' } };
  return yaml(
    { kind: 'Group', metadata: { name: 'staff' }, spec: {} },
    ...users,
    policy('team', ...denials, deletes, allow),
    service('api', { authorization: { policies: ['team'] }, config: { upstream: { url: 'http://127.0.0.1:3000' } } }),
  );
}
