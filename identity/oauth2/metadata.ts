import { type SiteAnswer, showJson } from '../site/answer.ts';
import { originOf } from '../site/origin.ts';
import { DEVICE_AUTHORIZATION_PATH, INTROSPECTION_PATH, REVOCATION_PATH, TOKEN_PATH } from './addresses.ts';
import { ASSERTION_ALGORITHMS } from './assertions/workload-assertion.ts';
import { DPOP_ALGORITHMS } from './proof/dpop.ts';
import { GRANT_TYPES } from './token-endpoint.ts';
import type { OAuth2Visit } from './visit.ts';

/** The key of `private_key_jwt` is that of the workload's issuer. */
const METHODS = ['client_secret_basic', 'client_secret_post', 'private_key_jwt'];

/** `GET /.well-known/oauth-authorization-server` on the auth host (RFC 8414). */
export async function metadata({ request }: OAuth2Visit): Promise<SiteAnswer> {
  const issuer = originOf(request);
  return showJson({
    issuer,
    token_endpoint: `${issuer}${TOKEN_PATH}`,
    token_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
    token_endpoint_auth_methods_supported: [...METHODS, 'none'],
    revocation_endpoint: `${issuer}${REVOCATION_PATH}`,
    revocation_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
    revocation_endpoint_auth_methods_supported: [...METHODS, 'none'],
    introspection_endpoint: `${issuer}${INTROSPECTION_PATH}`,
    introspection_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
    introspection_endpoint_auth_methods_supported: METHODS,
    device_authorization_endpoint: `${issuer}${DEVICE_AUTHORIZATION_PATH}`,
    grant_types_supported: GRANT_TYPES,
    dpop_signing_alg_values_supported: DPOP_ALGORITHMS,
    tls_client_certificate_bound_access_tokens: true,
    // required by RFC 8414 2; there is no authorization endpoint
    response_types_supported: [],
  });
}
