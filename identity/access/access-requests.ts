import type { Clock } from '../../src/base/clock.ts';
import { AppError } from '../../src/base/errors.ts';
import { newRequestId } from '../../src/base/ids.ts';
import type { AccessRules, User } from '../../src/model/index.ts';
import type { RecordStore, StoredRecord } from '../ports.ts';
import { isSame } from '../sessions/backed-session.ts';
import { type AccessRequest, type AccessState, asOf, isOver, keyOf, recordOf, requestOf, SPACE } from './request.ts';

export interface AccessRequestsDeps {
  readonly records: RecordStore;
  readonly clock: Clock;
  /** Told of each request that was made, decided or has run out, after it was stored. */
  readonly changed: (request: AccessRequest) => void;
}

export interface Wish {
  readonly user: User;
  readonly service: string;
  readonly reason: string;
  /** Milliseconds. */
  readonly duration: number;
}

/** Who decides, and by what rules. */
export interface Deciding {
  readonly by: string;
  /** Of the Service today; `null`: it takes no requests any more. */
  readonly rules: AccessRules | null;
  /** Who asked, as the directory has him today. */
  readonly user: User | null;
}

export const MOST_REASON = 1000;
export const LEAST_DURATION_MS = 60_000;
/** Open ones of one person, and of everybody. */
const MOST_OPEN_OF_USER = 20;
const MOST_OPEN = 2000;

/** Requests for access: made, decided, ended. One per user and Service; each change is made once. */
export class AccessRequests {
  readonly #deps: AccessRequestsDeps;

  constructor(deps: AccessRequestsDeps) {
    this.#deps = deps;
  }

  /** @throws AppError `conflict`: one is open or granted already; `refused`: too many; `invalid`: no reason, too long */
  async ask({ user, service, reason, duration }: Wish, rules: AccessRules): Promise<AccessRequest> {
    checkWish(reason, duration, rules);
    const now = this.#deps.clock.now();
    const former = await this.#deps.records.get(SPACE, keyOf(user.metadata.name, service));
    if (former !== null) refuseSecond(asOf(requestOf(former), now), user);
    await this.#checkRoom(user.metadata.name);
    const { name, uid } = user.metadata;
    const request: AccessRequest = {
      id: newRequestId(),
      user: { name, ...(uid === undefined ? {} : { uid }) },
      service,
      reason,
      wanted: duration,
      askedAt: now,
      state: 'open',
      decidedBy: null,
      decidedAt: null,
      until: null,
    };
    await this.#store(request, former);
    return request;
  }

  /** The newest request of this user for this Service. */
  async of(user: User, service: string): Promise<AccessRequest | null> {
    const record = await this.#deps.records.get(SPACE, keyOf(user.metadata.name, service));
    const request = record === null ? null : asOf(requestOf(record), this.#deps.clock.now());
    return request !== null && isSame(request.user, user) ? request : null;
  }

  /** All that are kept, the newest first. */
  async list(): Promise<AccessRequest[]> {
    const now = this.#deps.clock.now();
    const records = await this.#deps.records.list(SPACE);
    return records.map((record) => asOf(requestOf(record), now)).sort((a, b) => b.askedAt - a.askedAt);
  }

  /** @param duration milliseconds, at most what was asked for; `null`: just that @throws AppError */
  async approve(id: string, duration: number | null, deciding: Deciding): Promise<AccessRequest> {
    const { record, request } = await this.#found(id, 'open');
    const { rules, user, by } = deciding;
    if (rules === null) throw new AppError('refused', `${request.service} takes no requests for access`);
    if (user === null || user.spec.isDisabled === true || !isSame(request.user, user)) {
      throw new AppError('refused', `there is no such user any more: ${request.user.name}`);
    }
    if (by === request.user.name) throw new AppError('refused', 'nobody decides about himself');
    const granted = duration ?? Math.min(request.wanted, rules.maxDuration);
    if (!(granted >= LEAST_DURATION_MS && granted <= Math.min(request.wanted, rules.maxDuration))) {
      throw new AppError('invalid', 'access is granted for a minute at least, and no longer than was asked for');
    }
    return this.#decide(record, request, { by, state: 'granted', until: this.#deps.clock.now() + granted });
  }

  async refuse(id: string, by: string): Promise<AccessRequest> {
    const { record, request } = await this.#found(id, 'open');
    if (by === request.user.name) throw new AppError('refused', 'nobody decides about himself');
    return this.#decide(record, request, { by, state: 'refused', until: null });
  }

  async revoke(id: string, by: string): Promise<AccessRequest> {
    const { record, request } = await this.#found(id, 'granted');
    return this.#decide(record, request, { by, state: 'revoked', until: request.until });
  }

  /** @throws AppError `not-found` */
  async find(id: string): Promise<AccessRequest> {
    const found = (await this.list()).find((request) => request.id === id);
    if (found === undefined) throw new AppError('not-found', `there is no access request "${id}"`);
    return found;
  }

  /** Notes which grants are over. For a timer. */
  async sweep(): Promise<void> {
    const now = this.#deps.clock.now();
    for (const record of await this.#deps.records.ofOwner(SPACE, 'granted')) {
      const request = requestOf(record);
      if (isOver(request, now)) await this.#replace(record, { ...request, state: 'expired' });
    }
  }

  async #checkRoom(user: string): Promise<void> {
    const open = await this.#deps.records.ofOwner(SPACE, 'open');
    const own = open.filter((record) => record.key.startsWith(`${user}/`));
    if (own.length >= MOST_OPEN_OF_USER || open.length >= MOST_OPEN) {
      throw new AppError('refused', 'too many requests wait for a decision');
    }
  }

  async #store(request: AccessRequest, former: StoredRecord | null): Promise<void> {
    const { records, changed } = this.#deps;
    const record = recordOf(request);
    const isStored = former === null ? await records.add(record) : await records.replace(record, former.json);
    if (!isStored) throw new AppError('conflict', 'a request was made at the same moment');
    changed(request);
  }

  async #found(id: string, state: AccessState) {
    const records = await this.#deps.records.ofOwner(SPACE, state);
    const record = records.find((one) => requestOf(one).id === id);
    if (record === undefined) {
      const request = await this.find(id);
      throw new AppError('conflict', `this request is not ${state}: it is ${request.state}`);
    }
    const request = requestOf(record);
    if (isOver(request, this.#deps.clock.now())) throw new AppError('conflict', 'this access has expired already');
    return { record, request };
  }

  async #decide(
    record: StoredRecord,
    request: AccessRequest,
    { by, state, until }: { readonly by: string; readonly state: AccessState; readonly until: number | null },
  ): Promise<AccessRequest> {
    const decided = { ...request, state, until, decidedBy: by, decidedAt: this.#deps.clock.now() };
    if (!(await this.#replace(record, decided))) throw new AppError('conflict', 'somebody else has just decided');
    return decided;
  }

  async #replace(record: StoredRecord, request: AccessRequest): Promise<boolean> {
    const isReplaced = await this.#deps.records.replace(recordOf(request), record.json);
    if (isReplaced) this.#deps.changed(request);
    return isReplaced;
  }
}

function checkWish(reason: string, duration: number, { maxDuration }: AccessRules): void {
  if (reason.trim() === '') throw new AppError('invalid', 'say why you need it');
  if (reason.length > MOST_REASON) throw new AppError('invalid', `the reason is longer than ${MOST_REASON} characters`);
  if (!(duration >= LEAST_DURATION_MS && duration <= maxDuration)) {
    throw new AppError('invalid', 'the duration is less than a minute, or more than may be granted');
  }
}

/** One that belongs to somebody who had the name before is no hindrance. */
function refuseSecond(former: AccessRequest, user: User): void {
  if (!isSame(former.user, user)) return;
  if (former.state === 'open') throw new AppError('conflict', 'your request waits for a decision already');
  if (former.state === 'granted') throw new AppError('conflict', 'you have access already');
}
