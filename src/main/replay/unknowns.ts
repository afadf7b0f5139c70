import type { RecordedRequest } from '../../admin/decision-api.ts';
import type { CompiledService } from '../../gateway/snapshot.ts';
import type { Unknowns } from './partly-known.ts';

const HTTP: Unknowns = { scheme: 'value', headers: 'value', headersAll: 'value', cookies: 'value' };
/** Without a body to count, it is what `Content-Length` says. */
const SIZE: Unknowns = { size: 'presence' };
const QUERY: Unknowns = { uri: 'value', query: 'value', queryParams: 'value', queryAll: 'value' };
const BODY: Unknowns = { ...SIZE, body: 'value', bodyMap: 'presence' };

/** Of the session, the log has the user and the Credential. */
const SESSION: Unknowns = {
  metadata: 'value',
  spec: { expiresAt: 'value' },
  status: { type: 'value', isBrowser: 'value', authentication: 'value' },
};

type BodyState = 'not-read' | 'unknown' | 'none';

const BODIES: Readonly<Record<BodyState, Unknowns>> = { 'not-read': SIZE, unknown: BODY, none: {} };

const KNOWN_QUERY = treesOf(HTTP);
const UNKNOWN_QUERY = treesOf({ ...HTTP, ...QUERY });

function treesOf(http: Unknowns): Readonly<Record<BodyState, Unknowns>> {
  const tree = (state: BodyState) => treeOf({ ...http, ...BODIES[state] });
  return { 'not-read': tree('not-read'), unknown: tree('unknown'), none: tree('none') };
}

function treeOf(http: Unknowns): Unknowns {
  return { session: SESSION, request: { http, tls: 'presence', grpc: { http } } };
}

/** What conditions may read of a request and the access log does not have. */
export function unknownsOf({ queryLength, hasNoBody }: RecordedRequest, service: CompiledService): Unknowns {
  const body = service.buffering === null ? 'not-read' : hasNoBody ? 'none' : 'unknown';
  return (queryLength > 0 ? UNKNOWN_QUERY : KNOWN_QUERY)[body];
}
