export const TOKEN_PATH = '/oauth2/token';
export const REVOCATION_PATH = '/oauth2/revoke';
export const INTROSPECTION_PATH = '/oauth2/introspect';
export const METADATA_PATH = '/.well-known/oauth-authorization-server';
export const DEVICE_AUTHORIZATION_PATH = '/oauth2/device_authorization';
/** Short, because people type it. */
export const DEVICE_PATH = '/device';
