import { setTimeout } from 'node:timers/promises';
import { hashHandle, newHandle } from '../../src/base/ids.ts';
import type { IdentityProvider, Session } from '../../src/model/index.ts';
import { isHandle } from '../sessions/cookies.ts';
import type { SignOutProvider } from '../site/answer.ts';
import { originOn } from '../site/origin.ts';
import { onlyParameter } from '../site/visit.ts';
import { SIGNED_OUT_PATH } from './addresses.ts';
import { displayNameOf } from './choose-provider.ts';
import type { Visit } from './visit.ts';

/** Records of people who were sent to sign out at their provider, by the hash of the state. */
const SPACE = 'provider-sign-out';
/** Milliseconds. A provider that is down keeps nobody from the page that signs out here. */
const PATIENCE = 1500;
const LIFETIME = 10 * 60_000;
const MOST = 10_000;

/** Where the person of a session can sign out too; `null`: the provider does not offer that, or cannot be reached. */
export async function providerOf(visit: Visit, session: Session): Promise<SignOutProvider | null> {
  const provider = find(visit, session);
  if (provider === null) return null;
  const asked = visit.deps.relyingParty.signOutUrl(provider, {});
  const url = await Promise.race([asked, setTimeout(PATIENCE, null, { ref: false })]);
  return url === null ? null : { displayName: displayNameOf(provider), origin: url.origin };
}

/** The provider's address that ends its session and comes back (OpenID Connect RP-Initiated Logout 1.0, 2). */
export async function leaveProvider(visit: Visit, session: Session): Promise<string | null> {
  const provider = find(visit, session);
  if (provider === null) return null;
  const { request, config, deps } = visit;
  const idToken = (await deps.atProviders.find(session.metadata.uid))?.tokens.idToken ?? null;
  const state = newHandle();
  const url = await deps.relyingParty.signOutUrl(provider, {
    post_logout_redirect_uri: `${originOn(request, config.domain)}${SIGNED_OUT_PATH}`,
    state,
    ...(idToken !== null && { id_token_hint: idToken.reveal() }),
  });
  if (url === null) return null;
  const expiresAt = deps.clock.now() + LIFETIME;
  const json = JSON.stringify(provider.metadata.name);
  await deps.store.records.add({ space: SPACE, key: hashHandle(state), owner: '', expiresAt, json }, MOST);
  return url.href;
}

/** Display name of the provider that sends somebody back; `null`: nobody was sent, or not from here. */
export async function returnedFrom({ request, config, deps }: Visit): Promise<string | null> {
  const state = onlyParameter(request.query, 'state');
  if (state === null || !isHandle(state)) return null;
  const record = await deps.store.records.take(SPACE, hashHandle(state));
  if (record === null) return null;
  const name = JSON.parse(record.json) as string;
  const provider = config.identityProviders.find(({ metadata }) => metadata.name === name);
  return provider === undefined ? null : displayNameOf(provider);
}

function find({ config }: Visit, { status }: Session): IdentityProvider | null {
  const name = status.authentication.info.identityProvider?.identityProviderRef.name;
  const provider = config.identityProviders.find(({ metadata }) => metadata.name === name);
  return provider?.spec.oidc === undefined ? null : provider;
}
