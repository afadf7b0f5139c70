import { Duration, whole, words } from './scalars.ts';
import { field, planned, type Static, strict } from './schema.ts';

/** How long sessions live; on a User it overrides what the cluster says. */
export const SessionSettings = strict({
  clientlessDuration: field(Duration, 'Life of a browser or API session: 21 h for people, 90 d for workloads.'),
  clientDuration: planned(Duration, 'the native client'),
  accessTokenDuration: planned(Duration, 'refreshable tokens'),
  refreshTokenDuration: planned(Duration, 'refreshable tokens'),
  maxPerUser: planned(whole(1, 10_000), 'session limits'),
  defaultState: planned(words('ACTIVE', 'PENDING', 'REJECTED'), 'session approval'),
});
export type SessionSettings = Static<typeof SessionSettings>;
