import type { AccessRequests } from '../../identity/access/access-requests.ts';
import { type AccessRequest, ADMINISTRATOR } from '../../identity/access/request.ts';
import { AppError } from '../base/errors.ts';
import type { Controller } from '../control/controller.ts';
import { accessRulesOf } from '../model/index.ts';
import type { AccessDecision, AccessRequestInfo } from './access-api.ts';

export interface AccessDeps {
  readonly controller: Controller;
  readonly accessRequests: AccessRequests;
}

/** Whoever may use the admin API may decide about every request. @throws AppError */
export async function decideAccess(deps: AccessDeps, { id, decision, durationMs }: AccessDecision) {
  return infoOf(await carryOut(deps, id, decision, durationMs));
}

export function infoOf({ user, askedAt, until, decidedAt: _, ...rest }: AccessRequest): AccessRequestInfo {
  const time = (ms: number) => new Date(ms).toISOString();
  return { ...rest, user: user.name, askedAt: time(askedAt), until: until === null ? null : time(until) };
}

async function carryOut(
  { controller, accessRequests }: AccessDeps,
  id: string,
  decision: AccessDecision['decision'],
  duration: number | null,
): Promise<AccessRequest> {
  switch (decision) {
    case 'refuse':
      return accessRequests.refuse(id, ADMINISTRATOR);
    case 'revoke':
      return accessRequests.revoke(id, ADMINISTRATOR);
    case 'approve': {
      if (duration !== null && typeof duration !== 'number') throw new AppError('usage', 'durationMs is no number');
      const { snapshot } = controller.live.compiled;
      const { user, service } = await accessRequests.find(id);
      const found = snapshot.services.find(({ name }) => name === service);
      const rules = found === undefined ? null : accessRulesOf(found.resource, found.namespace, snapshot.clusterConfig);
      const asker = snapshot.directory.user(user.name);
      return accessRequests.approve(id, duration, { by: ADMINISTRATOR, rules, user: asker });
    }
    default:
      throw new AppError('usage', `unknown decision "${String(decision)}"`);
  }
}
