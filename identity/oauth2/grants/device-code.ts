import { isSame } from '../../sessions/backed-session.ts';
import { COMMAND_LINE } from '../device/device-authorization.ts';
import type { DeviceApproval, DevicePoll, DeviceRequest } from '../device/device-grants.ts';
import { type OAuthRefusal, refuseOAuth } from '../refusal.ts';
import type { OAuth2Visit } from '../visit.ts';
import type { Grant, GrantedOrder } from './grant.ts';

/** RFC 8628 3.4: a device asks whether somebody has confirmed its code. */
export const deviceCode: Grant = async (visit, form, client) => {
  const code = form.get('device_code');
  if (code === undefined) return refuseOAuth('invalid_request', 'device_code is missing');
  if (client.kind !== 'public' || client.clientId !== COMMAND_LINE) {
    return refuseOAuth('invalid_client', 'the code was given to another client');
  }
  const poll = await visit.deps.devices.poll(code);
  return poll.kind === 'approved' ? order(visit, poll.request, poll.approval) : REFUSALS[poll.kind];
};

/** RFC 8628 3.5. */
const REFUSALS: Readonly<Record<Exclude<DevicePoll['kind'], 'approved'>, OAuthRefusal>> = {
  unknown: refuseOAuth('invalid_grant', 'the device code is not known'),
  expired: refuseOAuth('expired_token', 'the device code has expired'),
  pending: refuseOAuth('authorization_pending', 'nobody has confirmed the code yet'),
  'too-soon': refuseOAuth('slow_down', 'ask less often'),
  denied: refuseOAuth('access_denied', 'the request was denied'),
};

/**
 * The session that it was approved in, as it is now: it may have ended since, its person be disabled, a Group or a second
 * factor be gone.
 */
async function order(
  { config: { directory }, deps }: OAuth2Visit,
  { clientId, scopes }: DeviceRequest,
  { sessionUid, authenticatedAt }: DeviceApproval,
): Promise<GrantedOrder | OAuthRefusal> {
  const session = await deps.sessions.find(sessionUid);
  if (session?.spec.state !== 'ACTIVE' || session.status.authentication.setAt !== authenticatedAt) {
    return REFUSALS.denied;
  }
  const { userRef, groups = [], authentication } = session.status;
  const user = directory.user(userRef.name);
  if (user === null || user.spec.isDisabled === true || !isSame(userRef, user)) return REFUSALS.denied;
  if (directory.memberOf(user, groups) === null) return REFUSALS.denied;
  const { downstream: _where, ...by } = authentication.info;
  const narrowed = scopes === null ? {} : { scopes };
  return { user, credential: null, by, authenticatedAt, groups, clientID: clientId, ...narrowed };
}
