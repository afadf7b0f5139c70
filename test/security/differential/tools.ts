import fc from 'fast-check';

/** One of several kinds, as often as their weights say. */
export const weighted = <T>(
  ...parts: readonly (readonly [weight: number, arbitrary: fc.Arbitrary<T>])[]
): fc.Arbitrary<T> => fc.oneof(...parts.map(([weight, arbitrary]) => ({ weight, arbitrary })));
export const of = (...texts: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...texts);
