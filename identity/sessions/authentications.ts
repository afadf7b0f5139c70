import type { Credential, Session } from '../../src/model/index.ts';

type Status = Session['status'];

/** Of those before the one that counts; each is as large as it. */
const MOST_KEPT = 10;

/** A session as it begins. @param credential what was shown for it, if that is a Credential */
export function begun(session: Session, credential: Credential | null = null): Session {
  const authentication = withCredential(session.status, credential);
  const status = {
    ...session.status,
    authentication,
    initialAuthentication: authentication,
    lastAuthentications: [],
    totalAuthentications: 1,
  };
  return { ...session, status };
}

function withCredential(status: Status, shown: Credential | null): Status['authentication'] {
  const { authentication, credentialRef } = status;
  if (shown === null || credentialRef === undefined || authentication.info.type !== 'CREDENTIAL') return authentication;
  const credential = { credentialRef, type: shown.spec.type };
  return { ...authentication, info: { ...authentication.info, credential } };
}

/** The same session, whose user has been recognised once more. */
export function authenticatedAgain(status: Status, authentication: Status['authentication']): Status {
  const { authentication: former, lastAuthentications = [], totalAuthentications = 1 } = status;
  return {
    ...status,
    authentication,
    lastAuthentications: [former, ...lastAuthentications].slice(0, MOST_KEPT),
    totalAuthentications: totalAuthentications + 1,
  };
}
