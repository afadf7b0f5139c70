import type { AccessRequest } from '../../identity/access/request.ts';
import { oneLine } from '../base/one-line.ts';
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

/** What somebody wrote stays on one line. */
function lineOf({ id, user, service, state, reason, decidedBy, until }: AccessRequest): string {
  const end = until === null ? null : new Date(until).toISOString();
  const told = { id, state, user: user.name, service, reason, decidedBy, until: end };
  return oneLine(`access request ${JSON.stringify(told)}`);
}
