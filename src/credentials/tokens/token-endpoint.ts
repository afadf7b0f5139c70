import type { ClientCredentials } from '../../model/index.ts';

/** One POST to a token endpoint (RFC 6749 3.2). */
export interface TokenRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly form: URLSearchParams;
}

export interface EndpointAnswer {
  readonly status: number;
  /** What its JSON says; `null` when it is none. */
  readonly body: unknown;
}

/** Rejects when there is no answer, with a message that quotes nothing of the request. */
export type PostForm = (request: TokenRequest) => Promise<EndpointAnswer>;

export type AskingSettings = Pick<
  ClientCredentials,
  'clientID' | 'clientSecret' | 'tokenURL' | 'scopes' | 'clientAuthentication' | 'audience'
>;

/** @param grant the parameters of the grant, `grant_type` among them */
export function tokenRequest(
  { clientID, tokenURL, scopes = [], clientAuthentication, audience }: AskingSettings,
  clientSecret: string,
  grant: Readonly<Record<string, string>>,
): TokenRequest {
  const form = new URLSearchParams(grant);
  if (scopes.length > 0) form.set('scope', scopes.join(' '));
  if (audience !== undefined) form.set('audience', audience);
  if (clientAuthentication !== 'client_secret_post') {
    return { url: tokenURL, headers: { authorization: basic(clientID, clientSecret) }, form };
  }
  form.set('client_id', clientID);
  form.set('client_secret', clientSecret);
  return { url: tokenURL, headers: {}, form };
}

/** RFC 6749 2.3.1: encoded as in a form before they are joined. */
function basic(clientID: string, secret: string): string {
  const encoded = (text: string) => new URLSearchParams({ _: text }).toString().slice(2);
  return `Basic ${Buffer.from(`${encoded(clientID)}:${encoded(secret)}`).toString('base64')}`;
}
