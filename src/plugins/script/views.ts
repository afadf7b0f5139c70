import type { Principal } from '../../../identity/principal.ts';
import { foldedName } from '../../base/field-names.ts';
import type { HeaderList } from '../../base/header-list.ts';
import { withoutOwnTokens } from '../../base/own-names.ts';
import type { Exchange } from '../../gateway/exchange.ts';
import type {
  JsonValue,
  ScriptContext,
  ScriptRequest,
  ScriptResponse,
  ScriptSession,
  ScriptUser,
} from '../../plugin-api/index.ts';
import { isSensitive } from '../visibility/shown-headers.ts';

/** A request without its body. */
export type RequestView = Omit<ScriptRequest, 'body'>;

export function requestView(x: Exchange, showsCredentials: boolean): RequestView {
  const { method, path, query, headers } = x.outgoing!;
  const { clientAddress } = x.request;
  return { method, path, query, headers: headersOf(headers, showsCredentials), clientAddress };
}

export function withBody(view: RequestView, body: unknown): ScriptRequest {
  return { ...view, body: body as JsonValue };
}

export function responseView({ response }: Exchange, showsCredentials: boolean): ScriptResponse {
  return { status: response!.status, headers: headersOf(response!.headers, showsCredentials) };
}

/** The configuration is added in the thread, which knows it already. */
export function contextOf(x: Exchange): Omit<ScriptContext, 'config'> {
  const { id, service, principal } = x;
  return { requestId: id, service: service!.name, user: userOf(principal), session: sessionOf(principal) };
}

/**
 * Values have one character for each octet, as everywhere. Our own tokens are never shown, wherever they stand; cookies
 * that are set cannot be told apart once they are joined.
 */
function headersOf(headers: HeaderList, showsCredentials: boolean): Record<string, string> {
  const shown: Record<string, string> = {};
  for (const [name, value] of headers) {
    if (name === 'set-cookie' || name === '__proto__') continue;
    if (!showsCredentials && isSensitive(foldedName(name))) continue;
    const before = shown[name];
    shown[name] = withoutOwnTokens(before === undefined ? value : `${before}, ${value}`);
  }
  return shown;
}

function userOf(principal: Principal | null): ScriptUser | null {
  if (principal === null || principal.user === null) return null;
  const { metadata, spec } = principal.user;
  const groups = principal.groups.map((group) => group.metadata.name);
  return { name: metadata.name, type: spec.type, email: spec.email ?? null, groups };
}

function sessionOf(principal: Principal | null): ScriptSession | null {
  if (principal === null || principal.session === null) return null;
  const { metadata, status } = principal.session;
  const claims = status.authentication.info.external?.claims ?? {};
  return { name: metadata.name, isBrowser: status.isBrowser, claims };
}
