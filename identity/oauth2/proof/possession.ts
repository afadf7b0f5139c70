import type { Awaitable } from '../../../src/base/awaitable.ts';
import type { Session } from '../../../src/model/index.ts';
import type { IdentifiableRequest } from '../../identify.ts';
import { certificateThumbprint } from './certificate.ts';
import { type ProofDeps, type ProvenRequest, readDpopProof } from './dpop.ts';

/** How a token was shown. */
export interface ShownToken {
  readonly token: string;
  /** In `Authorization`; `null` elsewhere. `dpop` says that the token is bound to a key, `bearer` that it is not. */
  readonly scheme: 'bearer' | 'dpop' | null;
}

/** `null`: whoever shows the token may; else why not, for the log. */
export type PossessionCheck = (
  request: IdentifiableRequest,
  shown: ShownToken,
  session: Session,
) => Awaitable<string | null>;

/** A token that is bound to a key or a certificate is good for whoever has that too (RFC 9449 7.1, RFC 8705 3). */
export function createPossessionCheck(deps: ProofDeps): PossessionCheck {
  return (request, { token, scheme }, { status }) => {
    const { jkt, x5tS256 } = status.confirmation ?? {};
    if (scheme === 'dpop' && jkt === undefined) return 'the token is not bound to a key';
    if (scheme === 'bearer' && jkt !== undefined) return 'the token is bound to a key, and is shown as if it were not';
    if (x5tS256 !== undefined && certificateThumbprint(request.tls) !== x5tS256) return 'another client certificate';
    return jkt === undefined ? null : checkProof(deps, request, token, jkt);
  };
}

async function checkProof(
  deps: ProofDeps,
  request: IdentifiableRequest,
  token: string,
  jkt: string,
): Promise<string | null> {
  const { method, authority, path, scheme, headers } = request;
  if (method === undefined || authority === undefined || path === undefined) return 'the request is not known';
  const proven: ProvenRequest = { method, authority, path, scheme, headers };
  const proof = await readDpopProof(deps, proven, token);
  if (proof.kind === 'absent') return 'the token is bound to a key, and there is no proof';
  if (proof.kind === 'invalid') return proof.detail;
  if (proof.jkt !== jkt) return 'the proof is of another key';
  return (await proof.claim()) ? null : 'the proof was shown before';
}
