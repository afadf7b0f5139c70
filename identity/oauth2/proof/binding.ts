import type { Credential, Session } from '../../../src/model/index.ts';
import { type OAuthRefusal, refuseOAuth } from '../refusal.ts';
import type { OAuth2Visit } from '../visit.ts';
import { certificateThumbprint } from './certificate.ts';
import type { DpopProof } from './dpop.ts';

export type Confirmation = NonNullable<Session['status']['confirmation']>;

/** What a token is to be bound to. */
export interface Binding {
  readonly kind: 'bound';
  readonly confirmation: Confirmation | undefined;
  /** `false`: what was shown for it has been shown before. */
  readonly claim: () => Promise<boolean>;
}

export type UsableProof = Exclude<DpopProof, { kind: 'invalid' }>;

/**
 * Binds a token to the key of the proof that is shown, or to the client certificate where the Credential says so.
 * @param inherited what the token is bound to that it is exchanged for: nobody else may have the new one
 */
export function bindingOf(
  visit: OAuth2Visit,
  proof: UsableProof,
  credential: Credential | null,
  inherited: Confirmation | undefined,
): Binding | OAuthRefusal {
  const thumbprint = certificateThumbprint(visit.request.tls);
  const demanded = credential?.spec.senderConstraint;
  const needsKey = demanded === 'DPOP' || inherited?.jkt !== undefined;
  const needsCertificate = demanded === 'CERTIFICATE' || inherited?.x5tS256 !== undefined;
  if (needsKey && !isProof(proof, inherited?.jkt)) {
    return refuseOAuth('invalid_dpop_proof', 'a DPoP proof of the right key is needed');
  }
  if (needsCertificate && !isCertificate(thumbprint, inherited?.x5tS256)) {
    return refuseOAuth('invalid_request', 'the right client certificate is needed');
  }
  const confirmation = {
    ...(proof.kind === 'proven' && { jkt: proof.jkt }),
    ...(needsCertificate && thumbprint !== null && { x5tS256: thumbprint }),
  };
  const isBound = Object.keys(confirmation).length > 0;
  const claim = proof.kind === 'proven' ? proof.claim : async () => true;
  return { kind: 'bound', confirmation: isBound ? confirmation : undefined, claim };
}

function isProof(proof: UsableProof, jkt: string | undefined): boolean {
  return proof.kind === 'proven' && (jkt === undefined || proof.jkt === jkt);
}

function isCertificate(thumbprint: string | null, expected: string | undefined): boolean {
  return thumbprint !== null && (expected === undefined || thumbprint === expected);
}
