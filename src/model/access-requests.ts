import { durationMs } from '../base/duration.ts';
import type { ClusterConfig } from './cluster-config.ts';
import type { Namespace } from './namespace.ts';
import { Duration, isDisabled, namesOf } from './scalars.ts';
import { field, type Static, strict } from './schema.ts';
import type { Service } from './service/service.ts';

const Approvers = strict({
  groups: field(namesOf('Group'), 'Whoever is in one of these Groups.'),
  users: field(namesOf('User'), 'These Users.'),
});

/** Whether people whom policies deny may ask for access for a while. */
export const AccessRequests = strict({
  approvers: field(Approvers, 'Who decides, and whom the denied page names. Nobody decides about himself.'),
  maxDuration: field(Duration, 'The longest that access is granted for at once; 8h when left out, at most 30d.'),
  defaultDuration: field(Duration, 'What the form proposes; 1h when left out, or maxDuration when that is less.'),
  isDisabled,
});
export type AccessRequests = Static<typeof AccessRequests>;

/** What holds for requests at one Service; durations in milliseconds. */
export interface AccessRules {
  readonly groups: readonly string[];
  readonly users: readonly string[];
  readonly maxDuration: number;
  readonly defaultDuration: number;
}

const HOUR_MS = 3_600_000;
export const LONGEST_GRANT_MS = 30 * 24 * HOUR_MS;

/** What the Service says, else its Namespace, else the cluster; `null`: nobody can ask for access to it. */
export function accessRulesOf(
  service: Service,
  namespace: Namespace,
  clusterConfig: ClusterConfig,
): AccessRules | null {
  if (service.spec.isAnonymous === true) return null;
  const owner = [service, namespace, clusterConfig].find((one) => one.spec.authorization?.accessRequests !== undefined);
  const settings = owner?.spec.authorization?.accessRequests;
  return settings === undefined || settings.isDisabled === true ? null : rulesOf(settings);
}

export function rulesOf({ approvers, maxDuration, defaultDuration }: AccessRequests): AccessRules {
  const max = msOf(maxDuration, 8 * HOUR_MS);
  return {
    groups: approvers?.groups ?? [],
    users: approvers?.users ?? [],
    maxDuration: max,
    defaultDuration: msOf(defaultDuration, Math.min(HOUR_MS, max)),
  };
}

function msOf(duration: Duration | undefined, otherwise: number): number {
  return (duration === undefined ? null : durationMs(duration)) ?? otherwise;
}
