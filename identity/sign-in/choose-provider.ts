import type { IdentityProvider } from '../../src/model/index.ts';
import { isAt } from '../directory/email.ts';
import type { SignInTarget } from '../ports.ts';
import { rememberedProvider } from '../sessions/provider-cookie.ts';
import { type ChoiceByEmail, type ProviderChoice, refused, type SiteAnswer, showPage } from '../site/answer.ts';
import { readForm } from '../site/body.ts';
import { isFromOwnPage } from '../site/own-page.ts';
import { onlyParameter, type SiteRequest } from '../site/visit.ts';
import { authProviderPath, authSignInPath } from './addresses.ts';
import { signInFailed } from './failures.ts';
import { isSwitching, isUnbound, readTarget } from './sign-in-request.ts';
import type { Visit } from './visit.ts';

const MOST_EMAIL = 254;

/** Where a sign-in goes. */
export type Choice =
  | { readonly kind: 'provider'; readonly name: string }
  /** `ask`: the person chooses; `none`: there is none. */
  | { readonly kind: 'ask' | 'none' };

export function choiceFor(visit: Visit, target: SignInTarget): Choice {
  const { request, config, deps } = visit;
  const [only, another] = config.identityProviders;
  const wanted = config.providerFor(target.host, target.path) ?? onlyParameter(request.query, 'provider');
  if (wanted !== null) return { kind: 'provider', name: wanted };
  if (deps.passkeySignIn(visit, request.query) !== null) return { kind: 'ask' };
  if (only === undefined) return { kind: 'none' };
  const name = another === undefined ? only.metadata.name : rememberedChoice(visit);
  return name === null ? { kind: 'ask' } : { kind: 'provider', name };
}

/** Whoever comes back without having signed in wants another one perhaps. */
function rememberedChoice(visit: Visit): string | null {
  const { request, config, deps } = visit;
  const name = rememberedProvider(request.headers, request.scheme);
  if (name === null || isSwitching(visit) || deps.pending.isUnderWay(request)) return null;
  return config.identityProviders.some(({ metadata }) => metadata.name === name) ? name : null;
}

export function isRemembered({ headers, scheme }: SiteRequest, provider: string): boolean {
  return rememberedProvider(headers, scheme) === provider;
}

/** `POST /.ostiary/sign-in/provider?to=URL&binding=HASH` on the auth host. */
export async function chooseByEmail(visit: Visit): Promise<SiteAnswer> {
  if (!isFromOwnPage(visit.request)) return refused('bad-request', 'the address was posted from another origin');
  const target = readTarget(visit);
  if (target === null || isUnbound(visit, target)) return signInFailed('target-refused', { retry: '/' });
  const reading = await readForm(visit.request);
  if (!reading.ok) return reading.answer;
  const email = (onlyParameter(reading.form, 'email') ?? '').trim().slice(0, MOST_EMAIL);
  const found = providersFor(email, visit.config.identityProviders);
  return showChoice(visit, target, { email, found });
}

/** Domains are compared whole, and what is no address is at none. */
function providersFor(email: string, providers: readonly IdentityProvider[]): readonly IdentityProvider[] {
  if (!/^[^@\s]+@[^@\s]+$/.test(email)) return [];
  return providers.filter(({ spec }) => isAt(email, spec.emailDomains ?? []));
}

interface Asked {
  readonly email: string;
  readonly found: readonly IdentityProvider[];
}

/** A page rather than a redirect after the form: browsers hold redirects to the `form-action` of the page before. */
export function showChoice(visit: Visit, target: SignInTarget, asked: Asked | null = null): SiteAnswer {
  const { config, deps } = visit;
  const shown = asked === null || asked.found.length === 0 ? config.identityProviders : asked.found;
  const providers = shown.map((provider) => choiceOf(visit, target, provider));
  return showPage({
    name: 'choose-provider',
    targetHost: target.host,
    providers: providers.sort((a, b) => Number(b.isRemembered) - Number(a.isRemembered)),
    byEmail: config.identityProviders.some(({ spec }) => spec.emailDomains !== undefined)
      ? byEmail(visit, target, asked)
      : null,
    passkey: deps.passkeySignIn(visit, new URLSearchParams(authSignInPath(visit.request, target).split('?')[1])),
  });
}

function choiceOf(visit: Visit, target: SignInTarget, { metadata, spec }: IdentityProvider): ProviderChoice {
  const { name } = metadata;
  return {
    name,
    displayName: displayNameOf({ metadata, spec }),
    href: authSignInPath(visit.request, target, { provider: name, switching: isSwitching(visit) }),
    isRemembered: isRemembered(visit.request, name),
  };
}

export function displayNameOf({ metadata, spec }: Pick<IdentityProvider, 'metadata' | 'spec'>): string {
  return spec.displayName ?? metadata.displayName ?? metadata.name;
}

function byEmail(visit: Visit, target: SignInTarget, asked: Asked | null): ChoiceByEmail {
  const { request } = visit;
  return {
    action: authProviderPath(request, target, { switching: isSwitching(visit) }),
    asked: asked === null ? null : { email: asked.email, isKnown: asked.found.length > 0 },
    all: authSignInPath(request, target, { switching: true }),
  };
}
