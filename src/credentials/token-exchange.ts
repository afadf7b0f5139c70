import type { IdentifiedPrincipal } from '../../identity/principal.ts';
import { AppError } from '../base/errors.ts';
import { showsOwnToken } from '../base/own-names.ts';
import type { Exchange } from '../gateway/exchange.ts';
import type { Refusal } from '../gateway/outcome.ts';
import type { Plugin } from '../gateway/plugin.ts';
import type { TokenExchange } from '../model/index.ts';
import { AssertionSigner } from './assertion-signer.ts';
import type { CredentialDeps } from './deps.ts';
import { groupNames } from './plain-identity.ts';
import { openText, unavailable } from './secret-text.ts';
import { bearerPlugin } from './tokens/bearer-plugin.ts';
import { failed, type TokenAnswer } from './tokens/token-answer.ts';
import { tokenRequest } from './tokens/token-endpoint.ts';

/** RFC 8693 2.1 and 3. */
const GRANT = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';
const JWT = 'urn:ietf:params:oauth:token-type:jwt';

/** It is read at once, by the token endpoint alone. */
const ASSERTION_LIFETIME_MS = 60_000;

/** What is exchanged; made when it is needed, and only then. */
type SubjectOf = (
  x: Exchange,
  principal: IdentifiedPrincipal,
) => { readonly token: string; readonly type: string } | Refusal;

/**
 * An access token for whoever asks (RFC 8693). It is kept for that session and what is known of its user alone, and
 * is not used after the session's end.
 * @throws AppError `invalid` on an anonymous Service
 */
export function tokenExchange(settings: TokenExchange, deps: CredentialDeps): Plugin {
  if (deps.isAnonymous) throw new AppError('invalid', 'an anonymous Service has no users whose tokens are exchanged');
  const { tokens, clock } = deps;
  const secret = settings.clientSecret.fromSecret;
  const asked = JSON.stringify(settings);
  const subjectOf = settings.subjectToken === 'CLIENT_TOKEN' ? shownToken : signedAssertion(settings, deps);

  return bearerPlugin((x) => {
    const { principal, snapshot } = x;
    if (principal === null || principal.kind === 'anonymous') return unavailable('nobody is signed in');
    const clientSecret = openText(snapshot.secrets, secret);
    if (typeof clientSecret !== 'string') return clientSecret;
    const subject = subjectOf(x, principal);
    if ('reason' in subject) return subject;
    const { token, type } = subject;
    const grant = {
      grant_type: GRANT,
      subject_token: token,
      subject_token_type: type,
      requested_token_type: ACCESS_TOKEN,
      ...(settings.resource !== undefined && { resource: settings.resource }),
    };
    const end = Date.parse(principal.session.spec.expiresAt);
    return {
      kept: tokens.of(`exchange ${snapshot.secrets.version(secret)} ${asked} ${whoIs(principal)}`),
      ask: async () => untilThen(await tokens.ask(tokenRequest(settings, clientSecret, grant)), end - clock.now()),
    };
  }, deps.slot());
}

/** All that the issuer is told of, so that nobody keeps what a group gave that they have left. */
function whoIs(principal: IdentifiedPrincipal): string {
  const known = KNOWN.get(principal);
  if (known !== undefined) return known;
  const { user, session } = principal;
  const { uid } = session.metadata;
  const who = JSON.stringify([uid, session.spec.expiresAt, user.metadata, user.spec.email, groupNames(principal)]);
  KNOWN.set(principal, who);
  return who;
}

/** Principals do not change, and many requests share one. */
const KNOWN = new WeakMap<IdentifiedPrincipal, string>();

/** @param restMs of the session */
function untilThen(answer: TokenAnswer, restMs: number): TokenAnswer {
  if (answer.kind === 'failed') return answer;
  if (!(restMs > 0)) return failed('the session has ended');
  return { ...answer, lifetimeMs: Math.min(answer.lifetimeMs, restMs) };
}

/** A token of ours is for us; only one of another issuer, by which the request was identified, is anybody else's. */
const shownToken: SubjectOf = ({ request }, { session }) => {
  const shown = request.headers.all('authorization');
  const token = /^bearer +([^\s,]+)$/i.exec(shown[0] ?? '')?.[1];
  const isForeign = session.status.authentication.info.type === 'EXTERNAL';
  if (shown.length !== 1 || token === undefined || !isForeign || showsOwnToken(token)) {
    return unavailable('the request shows no token of another issuer that could be exchanged');
  }
  return { token, type: ACCESS_TOKEN };
};

function signedAssertion({ assertionAudience, tokenURL }: TokenExchange, { assertions }: CredentialDeps): SubjectOf {
  const signer = new AssertionSigner({
    ...assertions,
    algorithm: 'ES256',
    lifetimeMs: ASSERTION_LIFETIME_MS,
    audience: assertionAudience ?? tokenURL,
  });
  return (_x, principal) => {
    const assertion = signer.assertionOf(principal);
    return assertion.kind === 'signed' ? { token: assertion.token, type: JWT } : unavailable(assertion.because);
  };
}
