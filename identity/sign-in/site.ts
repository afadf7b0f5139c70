import { messageOf } from '../../src/base/errors.ts';
import { mayCarrySession } from '../local-names.ts';
import { CALLBACK_PATH, SIGN_IN_PATH, SIGN_OUT_PATH, SIGNED_OUT_PATH } from './addresses.ts';
import { refused, type SiteAnswer } from './answer.ts';
import { callback } from './callback.ts';
import { acceptHandOver } from './hand-over.ts';
import { confirmHandOver, signInOnAuthHost } from './sign-in-on-auth-host.ts';
import { confirmSignOut, signedOut, signOut } from './sign-out.ts';
import { startOnServiceHost } from './start-on-service-host.ts';
import type { SiteConfig, SiteDeps, SiteRequest, Visit } from './visit.ts';

type Handler = (visit: Visit) => Promise<SiteAnswer>;
type Methods = Readonly<Record<string, Handler>>;

const AUTH_HOST: Readonly<Record<string, Methods>> = {
  [SIGN_IN_PATH]: { GET: signInOnAuthHost, POST: confirmHandOver },
  [SIGN_OUT_PATH]: { GET: confirmSignOut, POST: signOut },
  [SIGNED_OUT_PATH]: { GET: signedOut },
};

const SERVICE_HOSTS: Readonly<Record<string, Methods>> = {
  [SIGN_IN_PATH]: { GET: startOnServiceHost },
  [CALLBACK_PATH]: { GET: acceptHandOver },
  [SIGN_OUT_PATH]: { GET: confirmSignOut, POST: signOut },
};

/** Answers the addresses of signing in and out; `null` for every other one. */
export type SignInSite = (request: SiteRequest, config: SiteConfig) => Promise<SiteAnswer | null>;

export function createSignInSite(deps: SiteDeps): SignInSite {
  return async (request, config) => {
    const methods = findMethods(request, config.domain);
    return methods === null ? null : answer({ request, config, deps }, methods);
  };
}

function findMethods({ host, path }: SiteRequest, domain: string): Methods | null {
  if (host !== domain) return Object.hasOwn(SERVICE_HOSTS, path) ? SERVICE_HOSTS[path]! : null;
  const provider = providerOf(path);
  if (provider !== null) return { GET: (visit) => callback(visit, provider) };
  return Object.hasOwn(AUTH_HOST, path) ? AUTH_HOST[path]! : null;
}

/** Each provider has a callback of its own, so that the answer of one cannot be passed off as another's. */
function providerOf(path: string): string | null {
  return /^\/\.ostiary\/callback\/([a-z0-9-]+)$/.exec(path)?.[1] ?? null;
}

async function answer(visit: Visit, methods: Methods): Promise<SiteAnswer> {
  const { method } = visit.request;
  if (!Object.hasOwn(methods, method)) return refused('method-refused', `${method} is not served here`);
  if (!mayCarrySession(visit.request, visit.config.domain)) return refused('insecure-origin');
  try {
    return await methods[method]!(visit);
  } catch (thrown) {
    return refused('identity-unavailable', messageOf(thrown));
  }
}
