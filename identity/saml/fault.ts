import type { ProviderFailure, ProviderRefusal } from '../oidc/provider-errors.ts';

/** Why a provider of SAML could not sign somebody in. The message is for the log and holds nothing secret. */
export class SamlFault extends Error {
  readonly code: ProviderFailure;

  constructor(code: ProviderFailure, message: string) {
    super(message);
    this.name = 'SamlFault';
    this.code = code;
  }
}

/** What cannot be trusted. */
export function untrusted(message: string): SamlFault {
  return new SamlFault('provider-answer-invalid', message);
}

/** Gives what `work` gives, or why it could not. */
export async function answered<T>(work: () => Promise<T>): Promise<T | ProviderRefusal> {
  try {
    return await work();
  } catch (thrown) {
    if (thrown instanceof SamlFault) return { kind: 'refused', code: thrown.code, detail: thrown.message };
    throw thrown;
  }
}
