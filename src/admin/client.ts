import { request as httpRequest } from 'node:http';
import { AppError, type ErrorCode, messageOf } from '../base/errors.ts';
import type { AdminApi, ErrorAnswer } from './api.ts';

/** The admin API of a running gateway, through the Unix socket in its data directory. */
export function adminClient(socketPath: string): AdminApi {
  const call = <T>(method: string, path: string, body?: unknown) => send<T>(socketPath, method, path, body);
  return {
    status: () => call('GET', '/v1/status'),
    apply: (request) => call('POST', '/v1/apply', request),
    list: (kind) => call('GET', `/v1/resources/${kind}`),
    get: (kind, name) => call('GET', `/v1/resources/${kind}/${encodeURIComponent(name)}`),
    delete: (kind, name) => call('DELETE', `/v1/resources/${kind}/${encodeURIComponent(name)}`),
    putSecret: (request) => call('POST', '/v1/secrets', request),
    createCredential: (request) => call('POST', '/v1/credentials', request),
    sessions: (user) => call('GET', user === null ? '/v1/sessions' : `/v1/sessions?user=${encodeURIComponent(user)}`),
    revokeSession: (idOrName) => call('DELETE', `/v1/sessions/${encodeURIComponent(idOrName)}`),
    setSessionState: (idOrName, state) => call('POST', `/v1/sessions/${encodeURIComponent(idOrName)}/state`, { state }),
    setAuthenticatorState: (idOrName, state) =>
      call('POST', `/v1/authenticators/${encodeURIComponent(idOrName)}/state`, { state }),
    accessRequests: () => call('GET', '/v1/access-requests'),
    decideAccess: (decision) => call('POST', '/v1/access-requests', decision),
    debugToken: (request) => call('POST', '/v1/debug-tokens', request),
    explain: (request) => call('POST', '/v1/policies/explain', request),
    reach: (request) => call('POST', '/v1/policies/reach', request),
    rotateKeys: () => call('POST', '/v1/keys/rotate', {}),
    shadow: () => call('GET', '/v1/shadow'),
  };
}

interface RawAnswer {
  readonly status: number;
  readonly text: string;
}

async function send<T>(socketPath: string, method: string, path: string, body: unknown): Promise<T> {
  const answer = await exchange(socketPath, method, path, body);
  const value = parse(answer);
  if (answer.status < 400) return value as T;
  const { error } = value as ErrorAnswer;
  throw new AppError(error.code as ErrorCode, error.message);
}

function parse(answer: RawAnswer): unknown {
  try {
    return answer.text === '' ? undefined : JSON.parse(answer.text);
  } catch (cause) {
    throw new AppError('unavailable', `the gateway gave an unreadable answer (status ${answer.status})`, { cause });
  }
}

function exchange(socketPath: string, method: string, path: string, body: unknown): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { 'content-type': 'application/json' };
    const request = httpRequest({ socketPath, method, path, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
      response.on('error', reject);
    });
    request.on('error', (cause) => reject(unreachable(socketPath, cause)));
    request.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function unreachable(socketPath: string, cause: unknown): AppError {
  const hint = 'is "ostiary serve" running, and is --data the same directory?';
  return new AppError('unavailable', `no gateway answers at ${socketPath}: ${hint}`, {
    cause,
    detail: messageOf(cause),
  });
}
