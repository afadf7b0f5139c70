import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { ProviderContext } from 'oidc-provider/lib/provider.js';
import { createProviderMemory, MemoryAdapter } from './memory-adapter.ts';
import { problemPage } from './pages.ts';

export interface InnerClient {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUris: readonly string[];
  /** More of what a client registers. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** Somebody who can sign in by pressing a button. */
export interface InnerAccount {
  readonly sub: string;
  readonly email: string;
  readonly name: string;
  /** For people who choose an account. */
  readonly about?: string;
  readonly groups?: readonly string[];
}

const SIGNING = 'ES256';
const HOUR = 3600;

/** Where people choose an account; the interaction's id follows. */
export const INTERACTION_PATH = '/interaction/';

/** What `oidc-provider` is told. Keys are made at each start; nothing outlives the process. */
export function providerConfiguration(
  clients: readonly InnerClient[],
  accounts: readonly InnerAccount[],
): Readonly<Record<string, unknown>> {
  const memory = createProviderMemory();
  return {
    adapter: (kind: string) => new MemoryAdapter(kind, memory),
    clients: clients.map(clientMetadata),
    jwks: { keys: [signingKey()] },
    cookies: { keys: [randomBytes(32).toString('base64url')] },
    scopes: ['openid', 'profile', 'email', 'groups'],
    claims: { openid: ['sub'], profile: ['name'], email: ['email', 'email_verified'], groups: ['groups'] },
    // Relying parties that do not ask the UserInfo end point find the claims in the ID token.
    conformIdTokenClaims: false,
    responseTypes: ['code'],
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false }, rpInitiatedLogout: { enabled: false } },
    interactions: { url: (_: unknown, interaction: { uid: string }) => `${INTERACTION_PATH}${interaction.uid}` },
    ttl: { AccessToken: HOUR, IdToken: HOUR, Interaction: HOUR, Session: 24 * HOUR, Grant: 24 * HOUR },
    findAccount: (_: unknown, sub: string) => findAccount(accounts, sub),
    // Each sign-in makes a grant, and the session keeps the last one: codes of tabs that sign in together count all.
    expiresWithSession: () => false,
    clientBasedCORS: () => false,
    loadExistingGrant: grantWhatIsAsked,
    renderError,
  };
}

function clientMetadata({ clientId, clientSecret, redirectUris, metadata }: InnerClient): Record<string, unknown> {
  return {
    client_id: clientId,
    client_secret: clientSecret,
    redirect_uris: redirectUris,
    response_types: ['code'],
    grant_types: ['authorization_code'],
    id_token_signed_response_alg: SIGNING,
    ...metadata,
  };
}

function signingKey(): Record<string, unknown> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { ...privateKey.export({ format: 'jwk' }), alg: SIGNING, use: 'sig', kid: randomBytes(8).toString('hex') };
}

function findAccount(accounts: readonly InnerAccount[], sub: string): unknown {
  const account = accounts.find((known) => known.sub === sub);
  if (account === undefined) return undefined;
  const { email, name, groups = [] } = account;
  return { accountId: sub, claims: () => ({ sub, email, email_verified: true, name, groups }) };
}

/** The clients are our own, so nobody is asked for consent. */
async function grantWhatIsAsked(ctx: ProviderContext): Promise<unknown> {
  const { client, session, params, provider } = ctx.oidc;
  const grant = new provider.Grant({ accountId: session.accountId, clientId: client.clientId });
  grant.addOIDCScope(params.scope ?? 'openid');
  await grant.save();
  return grant;
}

async function renderError(ctx: ProviderContext, out: Readonly<Record<string, string>>): Promise<void> {
  const { body, headers } = problemPage(`${out.error}: ${out.error_description ?? 'no description'}`);
  for (const [name, value] of Object.entries(headers)) ctx.set(name, value);
  ctx.body = body;
}
