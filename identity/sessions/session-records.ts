/** Records whose key is the uid of a session; they end with it. */
export const PROVIDER_TOKENS = 'provider-session';
export const PROVIDER_SIDS = 'provider-sid';

export const SPACES_OF_SESSIONS: readonly string[] = [PROVIDER_TOKENS, PROVIDER_SIDS];
