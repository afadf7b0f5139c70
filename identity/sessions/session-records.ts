/** Records whose key is the uid of a session; they end with it. */
export const PROVIDER_TOKENS = 'provider-session';
export const PROVIDER_SIDS = 'provider-sid';

export const SPACES_OF_SESSIONS: readonly string[] = [PROVIDER_TOKENS, PROVIDER_SIDS];

/** Records whose owner is the uid of a session; they end with it too. */
export const REFRESH_TOKENS = 'refresh-token';
export const REFRESH_ANSWERS = 'refresh-answer';

export const SPACES_OWNED_BY_SESSIONS: readonly string[] = [REFRESH_TOKENS, REFRESH_ANSWERS];
