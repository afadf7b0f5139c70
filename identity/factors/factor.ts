import type { Session, User } from '../../src/model/index.ts';
import type { StoredRecord } from '../ports.ts';

export type FactorState = 'ACTIVE' | 'PENDING' | 'REJECTED';

interface FactorBase {
  /** As in `alice-x7k2p9`: of the Authenticator resource. */
  readonly name: string;
  /** Identity of the Authenticator resource. */
  readonly uid: string;
  /** What its owner calls it. */
  readonly label: string;
  readonly user: { readonly name: string; readonly uid?: string };
  readonly state: FactorState;
  /** RFC 3339. */
  readonly createdAt: string;
  /** RFC 3339; `null`: never since it was set up. */
  readonly usedAt: string | null;
}

/** An app that shows codes. */
export interface TotpFactor extends FactorBase {
  readonly type: 'TOTP';
  /** Sealed, in base64. */
  readonly seed: string;
  /** Of the code that was accepted last. */
  readonly lastStep: number;
}

/** A passkey or security key. */
export interface PasskeyFactor extends FactorBase {
  readonly type: 'FIDO';
  /** Base64url, as browsers give it. */
  readonly credentialId: string;
  /** SubjectPublicKeyInfo in base64url. */
  readonly publicKey: string;
  readonly algorithm: 'ES256' | 'RS256';
  /** WebAuthn 6.1.1; 0: the authenticator does not count. */
  readonly signCount: number;
  readonly transports: readonly string[];
}

export type Factor = TotpFactor | PasskeyFactor;

/** A factor as it was read. */
export interface KeptFactor<F extends Factor = Factor> {
  readonly factor: F;
  /** Of the time when it was read: it is replaced by this one only. */
  readonly record: StoredRecord;
}

/** What a person has shown in addition to the sign-in. */
export interface ShownFactor {
  readonly type: 'TOTP' | 'FIDO' | 'RECOVERY_CODE';
  /** `null` for a recovery code, which is no Authenticator. */
  readonly name: string | null;
}

/**
 * Whether it is of this very User: a name may have been given to somebody else meanwhile. What stands in a file has no
 * uid, so that whoever is stored under its name later is another, and the other way round.
 */
export function isOwner(owner: Factor['user'], { metadata }: User): boolean {
  return owner.name === metadata.name && owner.uid === metadata.uid;
}

export function isRaised({ status }: Session): boolean {
  const { aal } = status.authentication.info;
  return aal === 'AAL2' || aal === 'AAL3';
}
