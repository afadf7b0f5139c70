import type { SiteHandler, SiteRoute } from '../site/route.ts';
import { CALLBACK_PATH, PROVIDER_PATH, SIGN_IN_PATH, SIGN_OUT_PATH, SIGNED_OUT_PATH } from './addresses.ts';
import { consumeAssertion, showServiceProvider } from './assertion-consumer.ts';
import { backChannelLogout } from './back-channel-logout.ts';
import { callback } from './callback.ts';
import { chooseByEmail } from './choose-provider.ts';
import { acceptHandOver } from './hand-over.ts';
import { confirmHandOver, signInOnAuthHost } from './sign-in-on-auth-host.ts';
import { confirmSignOut, signedOut, signOut } from './sign-out.ts';
import { startOnServiceHost } from './start-on-service-host.ts';
import type { SignInDeps, Visit } from './visit.ts';

/** Each provider has addresses of its own, so that the answer of one cannot be passed off as another's. */
const BACK_CHANNEL_LOGOUT = /^\/\.ostiary\/backchannel-logout\/([a-z0-9-]+)$/;
const SAML_METADATA = /^\/\.ostiary\/saml\/([a-z0-9-]+)\/metadata$/;
const PROVIDER_CALLBACK = /^\/\.ostiary\/callback\/([a-z0-9-]+)$/;

/** The addresses of signing in and out. */
export function signInRoutes(deps: SignInDeps): readonly SiteRoute[] {
  const to =
    (handler: (visit: Visit, name: string) => ReturnType<SiteHandler>): SiteHandler =>
    (visit, [name = '']) =>
      handler({ ...visit, deps }, name);
  return [
    { on: 'auth-host', path: SIGN_IN_PATH, methods: { GET: to(signInOnAuthHost), POST: to(confirmHandOver) } },
    { on: 'auth-host', path: PROVIDER_PATH, methods: { POST: to(chooseByEmail) } },
    { on: 'auth-host', path: BACK_CHANNEL_LOGOUT, methods: { POST: to(backChannelLogout) } },
    { on: 'auth-host', path: PROVIDER_CALLBACK, methods: { GET: to(callback), POST: to(consumeAssertion) } },
    { on: 'auth-host', path: SAML_METADATA, methods: { GET: to(showServiceProvider) } },
    { on: 'auth-host', path: SIGN_OUT_PATH, methods: { GET: to(confirmSignOut), POST: to(signOut) } },
    { on: 'auth-host', path: SIGNED_OUT_PATH, methods: { GET: to(signedOut) } },
    { on: 'service-hosts', path: SIGN_IN_PATH, methods: { GET: to(startOnServiceHost) } },
    { on: 'service-hosts', path: CALLBACK_PATH, methods: { GET: to(acceptHandOver) } },
    { on: 'service-hosts', path: SIGN_OUT_PATH, methods: { GET: to(confirmSignOut), POST: to(signOut) } },
  ];
}
