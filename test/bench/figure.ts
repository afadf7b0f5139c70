/** One number that a case is about, beside what it should be. */
export interface Figure {
  readonly case: string;
  readonly name: string;
  /** `null` where this machine cannot tell, for lack of a peer or of process accounting. */
  readonly value: number | null;
  readonly unit: Unit;
  /** In the same unit, how far rounds lie apart: half of the range of their middle half. */
  readonly noise?: number;
  readonly target: Bound | null;
}

export type Unit =
  | 'ratio'
  | 'ms'
  | 'µs'
  | 'ns'
  | 'B'
  | 'KiB'
  | 'MiB'
  | 'MiB/s'
  | 'requests/s'
  | 'decisions/s'
  | 'sign-ins/min'
  | 'connections'
  | 'cores';

export interface Bound {
  readonly kind: 'most' | 'least';
  readonly value: number;
}

export const most = (value: number): Bound => ({ kind: 'most', value });
export const least = (value: number): Bound => ({ kind: 'least', value });

/** `null`: there is no target, or no value. */
export function isMet({ value, target }: Figure): boolean | null {
  if (value === null || target === null) return null;
  return target.kind === 'most' ? value <= target.value : value >= target.value;
}

export function ratio(one: number | null, other: number | null): number | null {
  return one === null || other === null || other === 0 ? null : one / other;
}
