import { BufferedBody } from '../../gateway/body.ts';
import type { Exchange } from '../../gateway/exchange.ts';
import type { PluginDeps } from '../deps.ts';
import type { Changeable } from './mutation.ts';
import type { Pseudo } from './question.ts';

/** A request or an answer, as a processor sees and changes it. */
export interface Subject extends Changeable {
  readonly pseudo: Pseudo;
  /** No body follows the head. */
  readonly isAll: boolean;
  /** What follows the head may be read to its end and be another one. */
  readonly mayChangeBody: boolean;
  setBody(bytes: Buffer): void;
}

/** What becomes of a request that is given a body; the answer to HEAD has none, so that stays what it is. */
const METHODS_WITH_BODY: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);

/** The request as the upstream would get it. What a gRPC caller or a tunnel sends may not end. */
export function requestSubject(x: Exchange, { canonicalPath }: PluginDeps): Subject {
  const outgoing = x.outgoing!;
  const { scheme, authority } = x.request;
  const isEndless = x.grpc !== null || outgoing.upgrade !== null;
  return {
    headers: outgoing.headers,
    reserved: x.snapshot.identityFields ?? null,
    pseudo: [
      [':method', outgoing.method],
      [':scheme', scheme],
      [':authority', authority],
      [':path', outgoing.query === '' ? outgoing.path : `${outgoing.path}?${outgoing.query}`],
    ],
    isAll: outgoing.body === null && !isEndless,
    mayChangeBody: !isEndless,
    setPseudo: (name, value, replaces) => {
      if (name === ':method' && replaces && !isEndless && METHODS_WITH_BODY.has(value) && x.request.method !== 'HEAD') {
        outgoing.method = value;
      }
      return name !== ':path' || setTarget(outgoing, value, canonicalPath);
    },
    setBody: (bytes) => {
      outgoing.body = new BufferedBody(bytes);
    },
  };
}

/** What is no target of a request (RFC 9112 3.2.1): it goes to the upstream as it is. */
const NO_QUERY = /[^\x21-\x7e]|#/;
const LONGEST_TARGET = 8192;

/** A path that is not the one spelling of itself may mean another one to the upstream. */
function setTarget(
  outgoing: { path: string; query: string },
  target: string,
  canonicalPath: PluginDeps['canonicalPath'],
): boolean {
  const at = target.indexOf('?');
  const path = at < 0 ? target : target.slice(0, at);
  const query = at < 0 ? '' : target.slice(at + 1);
  if (target.length > LONGEST_TARGET || NO_QUERY.test(query) || canonicalPath(path) !== path) return false;
  outgoing.path = path;
  outgoing.query = query;
  return true;
}

/** Statuses that have no body (RFC 9110 15.3.5, 15.3.6, 15.4.5). */
export const BODILESS: ReadonlySet<number> = new Set([204, 205, 304]);
const SWITCHING_PROTOCOLS = 101;

/** The answer as the client would get it. */
export function responseSubject(x: Exchange): Subject {
  const response = x.response!;
  const isEndless = x.grpc !== null || response.status === SWITCHING_PROTOCOLS;
  const hasBody = (): boolean => x.request.method !== 'HEAD' && !BODILESS.has(response.status);
  return {
    headers: response.headers,
    reserved: null,
    pseudo: [[':status', String(response.status)]],
    isAll: response.body === null && !isEndless,
    mayChangeBody: !isEndless,
    setPseudo: (name, value) => {
      if (name !== ':status' || isEndless) return true;
      if (!/^[2-5]\d\d$/.test(value)) return false;
      response.status = Number(value);
      if (!hasBody()) dropBody(response);
      return true;
    },
    setBody: (bytes) => {
      if (!hasBody()) return;
      dropBody(response);
      response.body = new BufferedBody(bytes);
    },
  };
}

/** With what was said of its length. */
function dropBody(response: NonNullable<Exchange['response']>): void {
  response.body?.destroy();
  response.body = null;
  response.headers.delete('content-length');
}
