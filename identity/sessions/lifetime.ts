import { durationMs } from '../../src/base/duration.ts';
import type { ClusterConfig, SessionSettings, User } from '../../src/model/index.ts';

type UserType = User['spec']['type'];

/** What a session of a user is held to. */
export interface SessionTerms {
  /** From its creation, in milliseconds. */
  readonly lifetime: number;
  /** Of a token that the token endpoint gives, in milliseconds. */
  readonly accessToken: number;
  /** How long a token may be renewed from when it was given, in milliseconds; no shorter than `accessToken`. */
  readonly refreshToken: number;
  /** Milliseconds without use after which a browser session ends; `Infinity`: it does not. */
  readonly idle: number;
  readonly mostPerUser: number;
  /** Of a new browser session. */
  readonly state: 'ACTIVE' | 'PENDING' | 'REJECTED';
}

const HOUR = 3_600_000;

/** Octelium's defaults; the idle time is that of ASVS 7.3 for people. */
const DEFAULTS: Readonly<Record<UserType, SessionTerms>> = {
  HUMAN: {
    lifetime: 21 * HOUR,
    accessToken: 4 * HOUR,
    refreshToken: 21 * HOUR,
    idle: 8 * HOUR,
    mostPerUser: 16,
    state: 'ACTIVE',
  },
  WORKLOAD: {
    lifetime: 90 * 24 * HOUR,
    accessToken: 4 * HOUR,
    refreshToken: 14 * 24 * HOUR,
    idle: Number.POSITIVE_INFINITY,
    mostPerUser: 128,
    state: 'ACTIVE',
  },
};

/** The User's word, the cluster's, the default. */
export function sessionTerms(user: User, settings: ClusterSessions | undefined): SessionTerms {
  const { type } = user.spec;
  const ofCluster = type === 'HUMAN' ? settings?.human : settings?.workload;
  const terms = { ...DEFAULTS[type], ...stated(ofCluster), ...stated(user.spec.session) };
  return { ...terms, refreshToken: Math.max(terms.refreshToken, terms.accessToken) };
}

export type ClusterSessions = NonNullable<ClusterConfig['spec']['session']>;

function stated(settings: SessionSettings = {}): Partial<SessionTerms> {
  const { clientlessDuration, accessTokenDuration, refreshTokenDuration, idleDuration } = settings;
  const { maxPerUser, defaultState } = settings;
  return {
    ...milliseconds('lifetime', clientlessDuration),
    ...milliseconds('accessToken', accessTokenDuration),
    ...milliseconds('refreshToken', refreshTokenDuration),
    ...milliseconds('idle', idleDuration),
    ...(maxPerUser !== undefined && { mostPerUser: maxPerUser }),
    ...(defaultState !== undefined && { state: defaultState }),
  };
}

function milliseconds<K extends string>(
  key: K,
  duration: SessionSettings['idleDuration'],
): { readonly [P in K]?: number } {
  const ms = duration === undefined ? null : durationMs(duration);
  return ms === null ? {} : ({ [key]: ms } as { readonly [P in K]?: number });
}
