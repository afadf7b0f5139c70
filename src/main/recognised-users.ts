import { RecognisedUsers } from '../../identity/third-party/recognised-users.ts';
import type { Clock } from '../base/clock.ts';
import type { Recognise } from '../compile/plugins.ts';

/** Makes principals of the Users that plugins recognise. */
export function recognisedUsers(clock: Clock): Recognise {
  const users = new RecognisedUsers(clock);
  return ({ user, entry, claims, inAuthorization }, { service, plugin }, directory) =>
    users.identify(
      { user, subject: entry, plugin, claims, service, inAuthorization: inAuthorization === true },
      directory,
    );
}
