import type { SiteHandler, SiteRoute } from '../site/route.ts';
import {
  DEVICE_AUTHORIZATION_PATH,
  DEVICE_PATH,
  INTROSPECTION_PATH,
  METADATA_PATH,
  REVOCATION_PATH,
  TOKEN_PATH,
} from './addresses.ts';
import { authorizeDevice } from './device/device-authorization.ts';
import { decideOnDevice, enterDeviceCode } from './device/device-page.ts';
import { introspect } from './introspection.ts';
import { metadata } from './metadata.ts';
import { revoke } from './revocation.ts';
import { token } from './token-endpoint.ts';
import type { OAuth2Deps, OAuth2Visit } from './visit.ts';

/** The addresses where programs get, show and end tokens. */
export function oauth2Routes(deps: OAuth2Deps): readonly SiteRoute[] {
  const to =
    (handler: (visit: OAuth2Visit) => ReturnType<SiteHandler>): SiteHandler =>
    (visit) =>
      handler({ ...visit, deps });
  return [
    { on: 'auth-host', path: TOKEN_PATH, methods: { POST: to(token) } },
    { on: 'auth-host', path: REVOCATION_PATH, methods: { POST: to(revoke) } },
    { on: 'auth-host', path: INTROSPECTION_PATH, methods: { POST: to(introspect) } },
    { on: 'auth-host', path: DEVICE_AUTHORIZATION_PATH, methods: { POST: to(authorizeDevice) } },
    { on: 'auth-host', path: DEVICE_PATH, methods: { GET: to(enterDeviceCode), POST: to(decideOnDevice) } },
    { on: 'auth-host', path: METADATA_PATH, methods: { GET: to(metadata) } },
  ];
}
