import type { Plugin } from '../gateway/plugin.ts';
import type { ClientCredentials } from '../model/index.ts';
import type { CredentialDeps } from './deps.ts';
import { openText } from './secret-text.ts';
import { bearerPlugin } from './tokens/bearer-plugin.ts';
import { tokenRequest } from './tokens/token-endpoint.ts';

/** An access token of our own (RFC 6749 4.4), shared by all requests that need the same. */
export function clientCredentials(settings: ClientCredentials, { tokens, slot }: CredentialDeps): Plugin {
  const secret = settings.clientSecret.fromSecret;
  const asked = JSON.stringify(settings);
  return bearerPlugin(({ snapshot: { secrets } }) => {
    const clientSecret = openText(secrets, secret);
    if (typeof clientSecret !== 'string') return clientSecret;
    return {
      kept: tokens.of(`client ${secrets.version(secret)} ${asked}`),
      ask: () => tokens.ask(tokenRequest(settings, clientSecret, { grant_type: 'client_credentials' })),
    };
  }, slot());
}
