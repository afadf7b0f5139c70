/** How many sign-ins under way a store keeps, because anybody may begin one. Beyond it the oldest goes. */
export interface SignInLimits {
  /** Tabs of one browser that wait for the provider. */
  readonly pendingPerBrowser: number;
  readonly pending: number;
  readonly handOvers: number;
}

export const SIGN_IN_LIMITS: SignInLimits = { pendingPerBrowser: 20, pending: 10_000, handOvers: 10_000 };
