/** A finite double is `mantissa * 2^exponent`, without its sign. */
interface Binary {
  readonly mantissa: bigint;
  readonly exponent: number;
}

const FRACTION_BITS = 52n;
const FRACTION = (1n << FRACTION_BITS) - 1n;
/** What is added to exponents when they are stored, and the bits of the fraction. */
const BIAS = 1075;

const bits = new DataView(new ArrayBuffer(8));

function binaryOf(value: number): Binary {
  bits.setFloat64(0, value);
  const all = bits.getBigUint64(0);
  const stored = Number((all >> FRACTION_BITS) & 0x7ffn);
  const fraction = all & FRACTION;
  return stored === 0
    ? { mantissa: fraction, exponent: 1 - BIAS }
    : { mantissa: fraction | (1n << FRACTION_BITS), exponent: stored - BIAS };
}

/** The size of `value * 10^places`, rounded to the nearest integer, halves to the even one. Exact, as `toFixed` is not. */
function scaled(value: number, places: number): bigint {
  const { mantissa, exponent } = binaryOf(value);
  const dividend = mantissa * power(10n, places) * power(2n, exponent);
  const divisor = power(10n, -places) * power(2n, -exponent);
  const whole = dividend / divisor;
  const doubled = (dividend % divisor) * 2n;
  const isUp = doubled > divisor || (doubled === divisor && whole % 2n === 1n);
  return isUp ? whole + 1n : whole;
}

/** 1 for negative exponents. */
function power(base: bigint, exponent: number): bigint {
  return base ** BigInt(Math.max(0, exponent));
}

function signOf(value: number): string {
  return value < 0 || Object.is(value, -0) ? '-' : '';
}

/** `digits` with a point before the last `places` of them. */
function pointed(digits: string, places: number): string {
  if (places === 0) return digits;
  const padded = digits.padStart(places + 1, '0');
  return `${padded.slice(0, -places)}.${padded.slice(-places)}`;
}

/** A finite double with `places` digits after the point: `1.500`. */
export function fixedText(value: number, places: number): string {
  return signOf(value) + pointed(String(scaled(value, places)), places);
}

/** A finite double with `places` digits after the point and an exponent: `1.500e+03`. */
export function scientificText(value: number, places: number): string {
  const { digits, exponent } = significant(value, places);
  const size = String(Math.abs(exponent)).padStart(2, '0');
  return `${signOf(value)}${pointed(digits, places)}e${exponent < 0 ? '-' : '+'}${size}`;
}

/** `places + 1` digits. */
function significant(value: number, places: number): { readonly digits: string; readonly exponent: number } {
  if (value === 0) return { digits: '0'.repeat(places + 1), exponent: 0 };
  const least = exponentOf(value);
  const digits = String(scaled(value, places - least));
  if (digits.length === places + 1) return { digits, exponent: least };
  return { digits: String(scaled(value, places - least - 1)), exponent: least + 1 };
}

/** More than a double has: none rounds up to the next power of ten by so many. */
const EXACT = 30;

/** The shortest text of the smallest doubles is rounded up itself: `1e-323` is 9.9e-324. */
function exponentOf(value: number): number {
  const near = Number(value.toExponential().split('e')[1]);
  return near + String(scaled(value, EXACT - near)).length - (EXACT + 1);
}

/** The shortest text that reads back as the double, without an exponent: `1.5`, `100`, `Infinity`. */
export function plainText(value: number): string {
  const text = Object.is(value, -0) ? '-0' : String(value);
  const [, sign = '', whole = '', fraction = '', exponent] = /^(-?)(\d+)\.?(\d*)e([+-]\d+)$/.exec(text) ?? [];
  if (exponent === undefined) return text;
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  return sign + (point > 0 ? digits.padEnd(point, '0') : `0.${'0'.repeat(-point)}${digits}`);
}
