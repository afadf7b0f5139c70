import type { AccessRequest } from '../../identity/access/request.ts';
import type { Metrics } from '../telemetry/metrics.ts';

/** Counts what becomes of requests for access, and tells of it where warnings go. */
export function tellAccessChanges(
  metrics: Pick<Metrics, 'accessRequest'>,
  tell: (message: string) => void,
): (request: AccessRequest) => void {
  return (request) => {
    metrics.accessRequest(request.state);
    tell(lineOf(request));
  };
}

/** JSON keeps what somebody wrote on one line. */
function lineOf({ id, user, service, state, reason, decidedBy, until }: AccessRequest): string {
  const end = until === null ? null : new Date(until).toISOString();
  return `access request ${JSON.stringify({ id, state, user: user.name, service, reason, decidedBy, until: end })}`;
}
