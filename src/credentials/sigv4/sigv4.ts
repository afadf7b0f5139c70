import { type Awaitable, isPromise } from '../../base/awaitable.ts';
import { AppError } from '../../base/errors.ts';
import { BufferedBody } from '../../gateway/body.ts';
import type { Exchange, OutgoingRequest } from '../../gateway/exchange.ts';
import type { Refusal } from '../../gateway/outcome.ts';
import type { Plugin } from '../../gateway/plugin.ts';
import type { SecretView } from '../../gateway/snapshot.ts';
import type { Sigv4 } from '../../model/index.ts';
import type { CredentialDeps } from '../deps.ts';
import { isPlainValue } from '../header-name.ts';
import { madeOnce, openText, unavailable, unusable } from '../secret-text.ts';
import { hashOf } from './body-hash.ts';
import { authorizationOf, isS3, type Scope, sha256, signingKey } from './signature.ts';

/** What the signature says, and the client must not. */
const OURS = ['authorization', 'x-amz-date', 'x-amz-content-sha256', 'x-amz-security-token'];
/** Proofs in the query (presigned URLs), which would be a second one. */
const PROOF_IN_QUERY = /^x-amz-(algorithm|credential|date|expires|signedheaders|signature|security-token)$/;
const EMPTY = sha256('');
const UNSIGNED = 'UNSIGNED-PAYLOAD';

/**
 * Signs each try of a request as AWS wants it (Signature Version 4), once nothing is changed any more. Signed are
 * method, path, query, Host, Content-Type, every `x-amz-` header and the body.
 * @throws AppError `invalid` where bodies cannot be signed, or must be
 */
export function sigv4(settings: Sigv4, deps: CredentialDeps): Plugin {
  checkBodies(settings, deps);
  const secretOf = madeOnce(settings.secretAccessKey.fromSecret, (secrets) => secretKey(settings, secrets));
  const { sessionToken } = settings;
  const tokenOf =
    sessionToken === undefined ? null : madeOnce(sessionToken.fromSecret, (secrets) => tokenIn(settings, secrets));
  return {
    inject: (x) => {
      const { secrets } = x.snapshot;
      const keyFor = secretOf(secrets);
      if ('reason' in keyFor) return keyFor;
      const token = tokenOf?.(secrets) ?? null;
      if (token !== null && typeof token !== 'string') return token;
      const signWith = (payload: string | Refusal): Refusal | null => {
        if (typeof payload !== 'string') return payload;
        prepare(x.outgoing!, payload, token);
        x.outgoing!.sign = (authority) => signTry(x.outgoing!, authority, settings, keyFor, payload, deps.clock.now());
        return null;
      };
      const payload = payloadOf(x, settings);
      return isPromise(payload) ? payload.then(signWith) : signWith(payload);
    },
  };
}

function checkBodies({ streamBodiesThatNothingProves, service }: Sigv4, { isGrpc, isSecure }: CredentialDeps): void {
  if (isGrpc) throw new AppError('invalid', 'sigv4 signs whole bodies, which calls of gRPC do not have');
  if (streamBodiesThatNothingProves !== true) return;
  if (isS3(service) && isSecure) return;
  throw new AppError('invalid', 'sigv4.streamBodiesThatNothingProves is for s3 over https only');
}

type KeyFor = { readonly of: (scope: Scope) => Buffer };

/** Derives the key of a day once. */
function secretKey({ secretAccessKey }: Sigv4, secrets: SecretView): KeyFor | Refusal {
  const secret = openText(secrets, secretAccessKey.fromSecret);
  if (typeof secret !== 'string') return secret;
  let made: { readonly day: string; readonly key: Buffer } | null = null;
  return {
    of: (scope) => {
      if (made?.day !== scope.day) made = { day: scope.day, key: signingKey(secret, scope) };
      return made.key;
    },
  };
}

function tokenIn({ sessionToken }: Sigv4, secrets: SecretView): string | Refusal {
  const name = sessionToken!.fromSecret;
  const token = openText(secrets, name);
  return typeof token !== 'string' || isPlainValue(token) ? token : unusable(name, 'cannot be a header value');
}

/** What a client sends in a tunnel is no body. */
function payloadOf({ outgoing }: Exchange, { streamBodiesThatNothingProves }: Sigv4): Awaitable<string | Refusal> {
  const { body, upgrade } = outgoing!;
  if (body === null || upgrade !== null) return EMPTY;
  if (streamBodiesThatNothingProves === true) return UNSIGNED;
  return body instanceof BufferedBody ? hashOf(body.bytes) : NOT_READ;
}

const NOT_READ = unavailable(
  'sigv4 of a computed config signs bodies only where spec.config.http.enableRequestBuffering reads them',
);

function prepare(outgoing: OutgoingRequest, payload: string, token: string | null): void {
  const { headers } = outgoing;
  for (const name of OURS) headers.delete(name);
  outgoing.query = plainQuery(outgoing.query);
  headers.set('x-amz-content-sha256', payload);
  if (token !== null) headers.set('x-amz-security-token', token);
}

/** A plus sign is a space to some and itself to others, and the signature must say which. */
function plainQuery(query: string): string {
  return query
    .split('&')
    .filter((pair) => pair !== '' && !PROOF_IN_QUERY.test(nameIn(pair)))
    .join('&')
    .replaceAll('+', '%20');
}

function nameIn(pair: string): string {
  const [name = ''] = pair.split('=', 1);
  const plain = name.replace(/%([0-7][0-9A-Fa-f])/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return plain.toLowerCase();
}

function signTry(
  outgoing: OutgoingRequest,
  authority: string,
  { accessKeyID, region, service }: Sigv4,
  keyFor: KeyFor,
  payload: string,
  now: number,
): void {
  const { method, path, query, headers } = outgoing;
  const time = new Date(now).toISOString().replace(/[-:]|\.\d+/g, '');
  const scope = { day: time.slice(0, 8), region, service };
  headers.set('x-amz-date', time);
  const signed: (readonly [string, string])[] = [['host', authority]];
  for (const [name, value] of headers) {
    if (name === 'content-type' || name.startsWith('x-amz-')) signed.push([name, value]);
  }
  const request = { method, path, query, headers: signed, payload };
  headers.set('authorization', authorizationOf(request, { key: keyFor.of(scope), accessKeyID, scope, time }));
}
