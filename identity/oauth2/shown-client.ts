import type { HeaderList } from '../../src/base/header-list.ts';
import type { OAuthForm } from './form.ts';
import { isOAuthRefusal, type OAuthRefusal, refuseOAuth } from './refusal.ts';

/** A client id and its secret. */
export interface ShownSecret {
  readonly kind: 'secret';
  readonly clientId: string;
  readonly secret: string;
}

/** Another issuer's token, as the client's (RFC 7523 2.2). */
export interface ShownAssertion {
  readonly kind: 'assertion';
  readonly assertion: string;
  /** `null`: the assertion says it. */
  readonly clientId: string | null;
}

/** What a request shows of its client, not yet verified. */
export type ShownClient = ShownSecret | ShownAssertion | { readonly kind: 'none'; readonly clientId: string | null };

/** RFC 6749 2.3: a client uses one method of authentication in a request. */
export function shownClient(headers: HeaderList, form: OAuthForm): ShownClient | OAuthRefusal {
  const basic = basicOf(headers);
  if (basic !== null && isOAuthRefusal(basic)) return basic;
  const assertion = assertionInForm(form);
  if (assertion !== null && isOAuthRefusal(assertion)) return assertion;
  const ways = [basic, secretInForm(form), assertion].filter((way) => way !== null);
  const [shown, another] = ways;
  if (another !== undefined) return refuseOAuth('invalid_request', 'the client is authenticated in two ways');
  const clientId = form.get('client_id') ?? null;
  if (shown === undefined) {
    if (form.has('client_secret')) return refuseOAuth('invalid_request', 'client_secret without client_id');
    return { kind: 'none', clientId };
  }
  if (clientId !== null && clientId !== shown.clientId) return refuseOAuth('invalid_request', 'client_id is another');
  return shown;
}

const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

function assertionInForm(form: OAuthForm): ShownAssertion | OAuthRefusal | null {
  const [type, assertion] = [form.get('client_assertion_type'), form.get('client_assertion')];
  if (type === undefined && assertion === undefined) return null;
  if (assertion === undefined) return refuseOAuth('invalid_request', 'client_assertion is missing');
  if (type !== JWT_BEARER) return refuseOAuth('invalid_client', 'client_assertion_type is not known');
  return { kind: 'assertion', assertion, clientId: form.get('client_id') ?? null };
}

function secretInForm(form: OAuthForm): ShownSecret | null {
  const [clientId, secret] = [form.get('client_id'), form.get('client_secret')];
  return clientId === undefined || secret === undefined ? null : { kind: 'secret', clientId, secret };
}

function basicOf(headers: HeaderList): ShownSecret | OAuthRefusal | null {
  const [field, another] = headers.all('authorization');
  if (field === undefined) return null;
  if (another !== undefined) return refuseOAuth('invalid_request', 'Authorization is repeated');
  const encoded = /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(field)?.[1];
  if (encoded === undefined) return refuseOAuth('invalid_client', 'Authorization must be Basic');
  const [id, secret] = pairOf(Buffer.from(encoded, 'base64').toString('utf8'));
  if (id === null || secret === null) return refuseOAuth('invalid_client', 'Authorization is malformed');
  return { kind: 'secret', clientId: id, secret };
}

/** Each is form-encoded before they are joined (RFC 6749 2.3.1). */
function pairOf(text: string): readonly [id: string | null, secret: string | null] {
  const colon = text.indexOf(':');
  return colon < 1 ? [null, null] : [decoded(text.slice(0, colon)), decoded(text.slice(colon + 1))];
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return null; // not percent-encoded as it says
  }
}
