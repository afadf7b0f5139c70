/** How many sign-ins on their way to a Service host a store keeps. Beyond it the oldest goes. */
export interface SignInLimits {
  readonly handOvers: number;
}

export const SIGN_IN_LIMITS: SignInLimits = { handOvers: 10_000 };
