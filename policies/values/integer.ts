import { type Failure, failure } from './failure.ts';
import { Uint } from './value.ts';

const OVERFLOW = failure('integer overflow');

/** Sizes and positions are mostly small: these need no memory. */
const SMALL: readonly bigint[] = Array.from({ length: 256 }, (_, i) => BigInt(i));

/** A size or position as an int. */
export function intOf(count: number): bigint {
  return SMALL[count] ?? BigInt(count);
}

/** What does not fit into 64 bits is a failure. */
export function toInt(value: bigint): bigint | Failure {
  return BigInt.asIntN(64, value) === value ? value : OVERFLOW;
}

/** What does not fit into 64 bits without a sign is a failure. */
export function toUint(value: bigint): Uint | Failure {
  return BigInt.asUintN(64, value) === value ? new Uint(value) : OVERFLOW;
}
