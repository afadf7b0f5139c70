import type { Run } from './run.ts';
import { type Keyword, numberAt } from './site.ts';

/** In values that are looked at. */
const COST_OF_DECIMALS = 20;

/** Keywords for numbers (JSON Schema Validation 6.2). */
export const NUMBER_KEYWORDS = {
  minimum: compared((value, bound) => value >= bound),
  maximum: compared((value, bound) => value <= bound),
  exclusiveMinimum: compared((value, bound) => value > bound),
  exclusiveMaximum: compared((value, bound) => value < bound),
  multipleOf: (argument, site) => {
    const step = numberAt(argument, site);
    if (step <= 0) throw site.mistake('takes a number above 0');
    return (value, run) => typeof value !== 'number' || isMultiple(value, step, run) || run.refused('multipleOf');
  },
} as const satisfies Record<string, Keyword>;

function compared(holds: (value: number, bound: number) => boolean): Keyword {
  return (argument, site) => {
    const bound = numberAt(argument, site);
    const { keyword } = site;
    return (value, run) => typeof value !== 'number' || holds(value, bound) || run.refused(keyword);
  };
}

/** By the decimal digits: 19.99 is a multiple of 0.01, which binary fractions do not say. */
function isMultiple(value: number, step: number, run: Run): boolean {
  if (!Number.isFinite(value)) return false;
  if (Number.isSafeInteger(value) && Number.isSafeInteger(step)) return value % step === 0;
  run.spend(COST_OF_DECIMALS);
  const [a, b] = [decimal(value), decimal(step)];
  const places = Math.max(a.places, b.places);
  return scaled(a, places) % scaled(b, places) === 0n;
}

interface Decimal {
  readonly digits: bigint;
  /** After the point; below 0 for zeros before it. */
  readonly places: number;
}

function decimal(value: number): Decimal {
  const [mantissa = '', exponent = '0'] = String(value).split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  return { digits: BigInt(whole + fraction), places: fraction.length - Number(exponent) };
}

function scaled({ digits, places }: Decimal, to: number): bigint {
  return digits * 10n ** BigInt(to - places);
}
