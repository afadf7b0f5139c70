import { isScope, type User } from '../../../src/model/index.ts';
import { endOf } from '../../sessions/backed-session.ts';
import { verifyAssertion } from '../assertions/workload-assertion.ts';
import type { OAuthForm } from '../form.ts';
import { isOAuthRefusal, type OAuthRefusal, refuseOAuth } from '../refusal.ts';
import { meetOf } from '../scopes.ts';
import { type KnownToken, knownToken } from '../shown-token.ts';
import type { OAuth2Visit } from '../visit.ts';
import { askedScopes } from './client-credentials.ts';
import type { Grant, GrantedOrder } from './grant.ts';

const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';
/** Of an IdentityProvider with `oidcIdentityToken`. */
const FOREIGN_TYPES: ReadonlySet<string> = new Set([
  'urn:ietf:params:oauth:token-type:jwt',
  'urn:ietf:params:oauth:token-type:id_token',
]);

/** RFC 8693: a token for another one, which may do less than that, and never more or longer. */
export const tokenExchange: Grant = async (visit, form) => {
  const problem = problemOf(form);
  if (problem !== null) return problem;
  const subject = await subjectOf(visit, form);
  if (isOAuthRefusal(subject)) return subject;
  const scopes = narrowedTo(form, subject.scopes);
  if (isOAuthRefusal(scopes)) return scopes;
  const actor = await actorOf(visit, form);
  if (isOAuthRefusal(actor)) return actor;
  if (actor.actor !== undefined && subject.actor !== undefined) {
    return refuseOAuth('invalid_request', 'somebody acts with the subject token already');
  }
  return { ...subject, ...scopes, ...actor, issuedTokenType: ACCESS_TOKEN };
};

function problemOf(form: OAuthForm): OAuthRefusal | null {
  if (!form.has('subject_token')) return refuseOAuth('invalid_request', 'subject_token is missing');
  if (!form.has('subject_token_type')) return refuseOAuth('invalid_request', 'subject_token_type is missing');
  const wanted = form.get('requested_token_type') ?? ACCESS_TOKEN;
  if (wanted !== ACCESS_TOKEN) return refuseOAuth('invalid_request', 'only access tokens are given');
  if (form.has('resource')) return refuseOAuth('invalid_target', 'name a Service as audience');
  if (form.has('actor_token') === form.has('actor_token_type')) return null;
  return refuseOAuth('invalid_request', 'actor_token and actor_token_type go together');
}

async function subjectOf(visit: OAuth2Visit, form: OAuthForm): Promise<GrantedOrder | OAuthRefusal> {
  const [token, type] = [form.get('subject_token')!, form.get('subject_token_type')!];
  if (type === ACCESS_TOKEN) {
    const known = await knownToken(visit, token);
    return known === null ? refuseOAuth('invalid_request', 'the subject token is not valid') : ofOurs(visit, known);
  }
  if (!FOREIGN_TYPES.has(type)) return refuseOAuth('invalid_request', 'this subject_token_type is not known');
  const verified = await verifyAssertion(visit.deps, visit.config, token);
  if (verified.kind === 'verified') return { user: verified.user, credential: null, by: verified.by };
  return refuseOAuth('invalid_request', 'the subject token is not valid', verified.detail);
}

/**
 * What it is bound to, whoever acts with it (who is there, or the token would not be known), the Groups of its sign-in
 * and its end stay.
 */
function ofOurs({ config }: OAuth2Visit, { handle, principal }: KnownToken): GrantedOrder {
  const { user, session } = principal;
  const { credentialRef, scopes, groups, confirmation, actor, authentication } = session.status;
  return {
    authenticatedAt: authentication.setAt,
    user,
    credential: credentialRef === undefined ? null : config.directory.credential(credentialRef.name),
    by: authentication.info,
    groups,
    parent: session,
    notAfter: Math.min(handle.expiresAt, endOf(session)),
    ...(scopes === undefined ? {} : { scopes }),
    ...(confirmation === undefined ? {} : { inherited: confirmation }),
    ...(actor === undefined ? {} : { actor: config.directory.user(actor.userRef.name)! }),
  };
}

/** `audience` is the name of a Service, and narrows as the scope for it does. */
function narrowedTo(form: OAuthForm, allowed: readonly string[] | undefined) {
  const asked = askedScopes(form, allowed);
  if (isOAuthRefusal(asked)) return asked;
  const audience = form.get('audience');
  if (audience === undefined) return asked;
  const scope = `service:${audience}`;
  if (!isScope(scope) || scope.includes('*')) return refuseOAuth('invalid_target', 'audience is not a Service');
  const scopes = meetOf(asked.scopes ?? allowed, [scope]);
  return scopes?.length === 0 ? refuseOAuth('invalid_target', 'the token is not for this audience') : { scopes };
}

/** RFC 8693 4.1. Whoever acts needs a token of ours that is theirs to show. */
async function actorOf(visit: OAuth2Visit, form: OAuthForm): Promise<{ readonly actor?: User } | OAuthRefusal> {
  const token = form.get('actor_token');
  if (token === undefined) return {};
  const isOurs = form.get('actor_token_type') === ACCESS_TOKEN;
  const known = isOurs ? await knownToken(visit, token) : null;
  // A proof is of one key: two bound tokens cannot both be shown with it.
  if (known === null || known.principal.session.status.confirmation !== undefined) {
    return refuseOAuth('invalid_request', 'the actor token is not valid');
  }
  return { actor: known.principal.user };
}
