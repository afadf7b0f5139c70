/** Answers that gateways share. Nobody but them can read or make one, and none of these calls rejects. */
export interface SharedAnswers {
  /** What is kept by a key, as long as nothing was changed at its target. */
  find(key: string, target: string): Promise<Found>;
  /** Keeps it for `ms`, unless something was changed at the target since `state`. Gives the state that it is kept by. */
  put(place: SharedPlace, state: string, bytes: Buffer, ms: number): string;
  forget(key: string): void;
  /** Nothing that was asked for before is found from now on; resolves once it is so, or nobody can be told. */
  changed(target: string): Promise<void>;
}

export interface SharedPlace {
  readonly key: string;
  readonly target: string;
}

export interface Found {
  readonly bytes: Buffer | null;
  /** Another one once something was changed at the target; `null`: nobody knows, so nothing can be kept. */
  readonly state: string | null;
}

export const NO_ANSWERS: SharedAnswers = {
  find: async () => ({ bytes: null, state: null }),
  put: (_place, state) => state,
  forget: () => {},
  changed: async () => {},
};
