import type { Identify } from '../identify.ts';
import type { SiteVisit } from '../site/visit.ts';
import { ScimFault } from './fault.ts';

/** The scope that a Credential must state: one without scopes is good for Services only. */
export const SCIM_SCOPE = 'scim:*';

/** Who may change the directory: a workload that shows a token of that scope. @throws ScimFault */
export async function mustBeAdmitted(identify: Identify, { request, config }: SiteVisit): Promise<void> {
  const identification = await identify(request, config.directory);
  if (identification.kind === 'not-responsible') throw new ScimFault(401, 'an access token is required');
  if (identification.kind === 'rejected') {
    throw new ScimFault(identification.reason === 'identity-unavailable' ? 503 : 401, 'the access token is not good');
  }
  const { principal, shownIn } = identification;
  // A browser sends its cookie unasked.
  if (shownIn === 'cookie' || principal.kind !== 'workload') throw new ScimFault(401, 'an access token is required');
  const { user, session } = principal;
  const mayAct = session.spec.state === 'ACTIVE' && user.spec.isDisabled !== true;
  if (!mayAct || session.status.scopes?.includes(SCIM_SCOPE) !== true) {
    throw new ScimFault(403, `the access token does not have the scope ${SCIM_SCOPE}`);
  }
}
