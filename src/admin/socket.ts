import { chmod, lstat, unlink } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { AppError, type ErrorCode, messageOf } from '../base/errors.ts';
import { isKind, type Kind } from '../model/index.ts';
import type { AccessDecision } from './access-api.ts';
import type {
  AdminApi,
  ApplyRequest,
  AuthenticatorStateRequest,
  CredentialRequest,
  DebugTokenRequest,
  ErrorAnswer,
  SecretRequest,
  SessionStateRequest,
} from './api.ts';
import type { ExplainRequest, ReachRequest } from './explanation.ts';

/** The admin API on a Unix socket that only the owner of the data directory can open. */
export interface AdminSocket {
  close(): Promise<void>;
}

const OTHER_DIRECTORY = 'stop it, or give another --data';
const MOST_BYTES = 16 * 1024 * 1024;

export async function openAdminSocket(path: string, api: AdminApi): Promise<AdminSocket> {
  await removeStale(path);
  const server = createServer((request, response) => void answer(api, request, response));
  await listen(server, path);
  await chmod(path, 0o600);
  return { close: () => new Promise((resolve) => void server.close(() => resolve()).closeAllConnections()) };
}

/** A socket that nobody listens on is left over from a process that was killed. */
async function removeStale(path: string): Promise<void> {
  const info = await lstat(path).catch(() => null);
  if (info === null) return;
  if (!info.isSocket()) throw new AppError('refused', `${path} is in the way: it is not a socket`);
  if (await isAnswered(path))
    throw new AppError('conflict', `another gateway uses this data directory (${path}): ${OTHER_DIRECTORY}`);
  await unlink(path);
}

async function isAnswered(path: string): Promise<boolean> {
  const { connect } = await import('node:net');
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

/** The mode is right from the first moment, not only after `chmod`. */
function listen(server: Server, path: string): Promise<void> {
  const before = process.umask(0o177);
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      process.umask(before);
      server.off('error', reject);
      server.on('error', (error) => process.emitWarning(error));
      resolve();
    });
  });
}

interface Call {
  readonly api: AdminApi;
  /** What the pattern's `*` stood for. */
  readonly parts: readonly string[];
  readonly query: URLSearchParams;
  readonly body: unknown;
}

type Route = readonly [method: string, pattern: RegExp, run: (call: Call) => Promise<unknown>];

const ROUTES: readonly Route[] = [
  ['GET', /^\/v1\/status$/, ({ api }) => api.status()],
  ['POST', /^\/v1\/apply$/, ({ api, body }) => api.apply(body as ApplyRequest)],
  ['GET', /^\/v1\/resources\/([^/]+)$/, ({ api, parts }) => api.list(kindOf(parts[0]))],
  ['GET', /^\/v1\/resources\/([^/]+)\/([^/]+)$/, ({ api, parts }) => api.get(kindOf(parts[0]), parts[1]!)],
  ['DELETE', /^\/v1\/resources\/([^/]+)\/([^/]+)$/, ({ api, parts }) => api.delete(kindOf(parts[0]), parts[1]!)],
  ['POST', /^\/v1\/secrets$/, ({ api, body }) => api.putSecret(body as SecretRequest)],
  ['POST', /^\/v1\/credentials$/, ({ api, body }) => api.createCredential(body as CredentialRequest)],
  ['GET', /^\/v1\/sessions$/, ({ api, query }) => api.sessions(query.get('user'))],
  ['DELETE', /^\/v1\/sessions\/([^/]+)$/, ({ api, parts }) => api.revokeSession(parts[0]!)],
  [
    'POST',
    /^\/v1\/sessions\/([^/]+)\/state$/,
    ({ api, parts, body }) => api.setSessionState(parts[0]!, (body as SessionStateRequest).state),
  ],
  [
    'POST',
    /^\/v1\/authenticators\/([^/]+)\/state$/,
    ({ api, parts, body }) => api.setAuthenticatorState(parts[0]!, (body as AuthenticatorStateRequest).state),
  ],
  ['GET', /^\/v1\/access-requests$/, ({ api }) => api.accessRequests()],
  ['POST', /^\/v1\/access-requests$/, ({ api, body }) => api.decideAccess(body as AccessDecision)],
  ['POST', /^\/v1\/debug-tokens$/, ({ api, body }) => api.debugToken(body as DebugTokenRequest)],
  ['POST', /^\/v1\/policies\/explain$/, ({ api, body }) => api.explain(body as ExplainRequest)],
  ['POST', /^\/v1\/policies\/reach$/, ({ api, body }) => api.reach(body as ReachRequest)],
  ['POST', /^\/v1\/keys\/rotate$/, ({ api }) => api.rotateKeys()],
  ['GET', /^\/v1\/shadow$/, ({ api }) => api.shadow()],
];

function kindOf(word: string | undefined): Kind {
  if (word !== undefined && isKind(word)) return word;
  throw new AppError('usage', `unknown kind "${word}"`);
}

const STATUS: Record<ErrorCode, number> = {
  conflict: 409,
  internal: 500,
  invalid: 422,
  'not-found': 404,
  'not-implemented': 501,
  refused: 403,
  unavailable: 503,
  usage: 400,
};

async function answer(api: AdminApi, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    send(response, 200, await run(api, request));
  } catch (thrown) {
    const code = thrown instanceof AppError ? thrown.code : 'internal';
    send(response, STATUS[code], { error: { code, message: messageOf(thrown) } } satisfies ErrorAnswer);
  }
}

async function run(api: AdminApi, request: IncomingMessage): Promise<unknown> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://socket');
  for (const [method, pattern, handle] of ROUTES) {
    const match = request.method === method ? pattern.exec(pathname) : null;
    if (match === null) continue;
    const parts = match.slice(1).map(decodeURIComponent);
    return handle({ api, parts, query: searchParams, body: await readJson(request) });
  }
  throw new AppError('not-found', `${request.method} ${pathname} is not part of the admin API`);
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.byteLength;
    if (size > MOST_BYTES) throw new AppError('invalid', `the request is larger than ${MOST_BYTES} bytes`);
    chunks.push(chunk);
  }
  if (size === 0) return undefined;
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch (cause) {
    throw new AppError('usage', 'the request body is not JSON', { cause });
  }
}

function send(response: ServerResponse, status: number, value: unknown): void {
  const text = value === undefined ? '' : JSON.stringify(value);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  response.end(text);
}
