import { durationMs } from '../../src/base/duration.ts';
import type { ClusterConfig, SessionSettings, User } from '../../src/model/index.ts';

type UserType = User['spec']['type'];

const HOUR = 3_600_000;
/** Octelium's defaults, in milliseconds. */
const DEFAULT_LIFETIME: Record<UserType, number> = { HUMAN: 21 * HOUR, WORKLOAD: 90 * 24 * HOUR };

/** How long a session of this user lives from its creation, in milliseconds: the User's word, the cluster's, the default. */
export function sessionLifetime(user: User, clusterConfig: ClusterConfig | null): number {
  const { type } = user.spec;
  return stated(user.spec.session) ?? stated(settingsFor(type, clusterConfig)) ?? DEFAULT_LIFETIME[type];
}

function settingsFor(type: UserType, clusterConfig: ClusterConfig | null): SessionSettings | undefined {
  const session = clusterConfig?.spec.session;
  return type === 'HUMAN' ? session?.human : session?.workload;
}

function stated(settings: SessionSettings | undefined): number | null {
  const duration = settings?.clientlessDuration;
  return duration === undefined ? null : durationMs(duration);
}
