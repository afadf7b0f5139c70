import type { NamedRef } from '../../src/model/index.ts';
import type { StoredRecord } from '../ports.ts';

/** What became of a request; `granted` ends by itself as `expired`, by somebody as `revoked`. */
export type AccessState = 'open' | 'granted' | 'refused' | 'revoked' | 'expired';

/** Somebody's request for access to one Service for a while. Times and durations are milliseconds. */
export interface AccessRequest {
  /** Not a secret; whoever decides names it. */
  readonly id: string;
  readonly user: NamedRef;
  readonly service: string;
  readonly reason: string;
  /** How long is asked for. */
  readonly wanted: number;
  readonly askedAt: number;
  readonly state: AccessState;
  /** Name of the User who granted, refused or revoked it last; `ADMINISTRATOR`: by the command line. */
  readonly decidedBy: string | null;
  readonly decidedAt: number | null;
  /** End of what was granted. */
  readonly until: number | null;
}

/** No name of a User: it has no lower-case letter in front. */
export const ADMINISTRATOR = '(administrator)';

export const SPACE = 'access-request';

const DAY_MS = 24 * 3_600_000;
/** An open request that nobody looks at, and the history of those that are decided. */
const OPEN_MS = 7 * DAY_MS;
const HISTORY_MS = 30 * DAY_MS;

/** The newest request of one user for one Service: a later one takes its place. Found by its state. */
export function recordOf(request: AccessRequest): StoredRecord {
  const { user, service, state, until, askedAt, decidedAt } = request;
  const expiresAt = state === 'open' ? askedAt + OPEN_MS : Math.max(until ?? 0, decidedAt ?? askedAt) + HISTORY_MS;
  return { space: SPACE, key: keyOf(user.name, service), owner: state, expiresAt, json: JSON.stringify(request) };
}

export function keyOf(user: string, service: string): string {
  return `${user}/${service}`;
}

export function requestOf({ json }: StoredRecord): AccessRequest {
  return JSON.parse(json) as AccessRequest;
}

/** As it stands at this moment: a grant that is over may not have been noted as such. */
export function asOf(request: AccessRequest, now: number): AccessRequest {
  return isOver(request, now) ? { ...request, state: 'expired' } : request;
}

export function isOver({ state, until }: AccessRequest, now: number): boolean {
  return state === 'granted' && !(until !== null && now < until);
}
