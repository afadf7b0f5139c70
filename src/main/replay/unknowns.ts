import type { RecordedRequest } from '../../admin/decision-api.ts';
import type { CompiledService } from '../../gateway/snapshot.ts';
import type { Unknowns } from './partly-known.ts';

const HTTP: Unknowns = { scheme: 'value', size: 'presence', headers: 'value', headersAll: 'value', cookies: 'value' };
const QUERY: Unknowns = { uri: 'value', query: 'value', queryParams: 'value', queryAll: 'value' };
const BODY: Unknowns = { body: 'value', bodyMap: 'presence' };

/** Of the session, the log has the user and the Credential. */
const SESSION: Unknowns = {
  metadata: 'value',
  spec: { expiresAt: 'value' },
  status: { type: 'value', isBrowser: 'value', authentication: 'value' },
};

/** By whether there was a query, and by whether a body was read. */
const TREES = [HTTP, { ...HTTP, ...QUERY }, { ...HTTP, ...BODY }, { ...HTTP, ...QUERY, ...BODY }].map(
  (http): Unknowns => ({ session: SESSION, request: { http, tls: 'presence', grpc: { http } } }),
);

/** What conditions may read of a request and the access log does not have. */
export function unknownsOf({ queryLength }: RecordedRequest, { buffering }: CompiledService): Unknowns {
  return TREES[(queryLength > 0 ? 1 : 0) + (buffering === null ? 0 : 2)]!;
}
