import { Duration, whole, words } from './scalars.ts';
import { field, planned, type Static, strict } from './schema.ts';

/** How long sessions live; on a User it overrides what the cluster says. */
export const SessionSettings = strict({
  clientlessDuration: field(Duration, 'Life of a browser or API session: 21 h for people, 90 d for workloads.'),
  clientDuration: planned(Duration, 'the native client'),
  accessTokenDuration: field(Duration, 'Life of a token that the token endpoint gives: 4 h.'),
  refreshTokenDuration: field(
    Duration,
    'A login of a program ends when it is not renewed for so long: 21 h. Of people.',
  ),
  idleDuration: field(Duration, 'Unused for so long, a browser session ends: 8 h for people; others do not.'),
  maxPerUser: field(whole(1, 10_000), 'Sessions of one user: 16 for people, whose oldest ends; 128 for workloads.'),
  defaultState: field(words('ACTIVE', 'PENDING', 'REJECTED'), 'Of new browser sessions; PENDING waits for approval.'),
});
export type SessionSettings = Static<typeof SessionSettings>;
