import { hashHandle } from '../../src/base/ids.ts';

/** Credential ids are up to 1023 bytes long and chosen by authenticators. */
export function passkeyKey(credentialId: string): string {
  return hashHandle(`passkey ${credentialId}`);
}
