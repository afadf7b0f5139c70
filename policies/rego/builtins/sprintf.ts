import { RegoSet, type RegoValue } from '../value.ts';
import type { Work } from './work.ts';

/** A directive of Go's package fmt: flags, width, precision, position, verb. */
const DIRECTIVE = /%([-+# 0]*)(\*|\d+)?(?:\.(\*|\d*))?(?:\[(\d+)\])?(.)?/gsu;
/** Wider fields are cut down to it. */
const WIDEST = 1000;

interface Directive {
  readonly flags: string;
  readonly width: number;
  /** -1: none given */
  readonly precision: number;
  readonly verb: string;
}

type Operand = string | number | bigint;

/** What a directive takes beside the text that it makes, and what writing a number takes. */
const DIRECTIVE_STEPS = 20;
const INTEGER_STEPS = 40;
const FLOAT_STEPS = 600;

/** Go's fmt.Sprintf as OPA calls it: numbers are numbers, and everything else is text. @throws OverWork */
export function sprintf(format: string, values: readonly RegoValue[], work: Work): string {
  for (const value of values) work.chargeValue(value);
  const operands = values.map(operandOf);
  let next = 0;
  let isReordered = false;
  const take = () => operands[next++];
  const sizeOf = (text: string | undefined, otherwise: number) =>
    text === undefined ? otherwise : Math.min(WIDEST, Number(text === '*' ? (take() ?? 0) : text));
  const text = format.replaceAll(DIRECTIVE, (_, flags: string, width, precision, position, verb = '') => {
    work.charge(DIRECTIVE_STEPS);
    const directive = { flags, width: sizeOf(width, 0), precision: sizeOf(precision, -1), verb };
    if (verb === '%') return '%';
    if (verb === '') return '%!(NOVERB)';
    if (position !== undefined) {
      isReordered = true;
      next = Number(position) - 1;
      if (next < 0 || next >= operands.length) return `%!${verb}(BADINDEX)`;
    }
    const operand = take();
    if (operand === undefined) return `%!${verb}(MISSING)`;
    // an operand can be named by its position again and again
    work.charge(directive.width + stepsOf(operand));
    return formatted(operand, directive);
  });
  const extra = isReordered ? [] : operands.slice(next);
  return extra.length === 0
    ? text
    : `${text}%!(EXTRA ${extra.map((operand) => `${isBig(operand) ? '*' : ''}${withType(operand)}`).join(', ')})`;
}

function operandOf(value: RegoValue): Operand {
  if (typeof value === 'string' || typeof value === 'bigint') return value;
  if (typeof value !== 'number') return regoText(value);
  return Number.isSafeInteger(value) ? BigInt(value) : value;
}

/** A value as Rego writes it. */
export function regoText(value: RegoValue): string {
  if (Array.isArray(value)) return `[${value.map(regoText).join(', ')}]`;
  if (value instanceof RegoSet) return value.items.length === 0 ? 'set()' : `{${value.items.map(regoText).join(', ')}}`;
  if (value instanceof Map) return `{${[...value].map(([k, v]) => `${regoText(k)}: ${regoText(v)}`).join(', ')}}`;
  return typeof value === 'bigint' ? String(value) : JSON.stringify(value);
}

function stepsOf(operand: Operand): number {
  if (typeof operand === 'string') return operand.length;
  return typeof operand === 'bigint' ? INTEGER_STEPS : FLOAT_STEPS;
}

function withType(operand: Operand): string {
  return `${typeOf(operand)}=${general(operand, 'v', -1)}`;
}

function typeOf(operand: Operand): string {
  if (typeof operand !== 'bigint') return typeof operand === 'string' ? 'string' : 'float64';
  return isBig(operand) ? 'big.Int' : 'int64';
}

/** Beyond 64 bits; Go has another type for these. */
function isBig(operand: Operand): boolean {
  return typeof operand === 'bigint' && BigInt.asIntN(64, operand) !== operand;
}

/** A verb of another type shows the value as it is, in the same field. */
function formatted(operand: Operand, directive: Directive): string {
  const text = textOf(operand, directive);
  if (text !== null) return pad(text, directive);
  const plain = textOf(operand, { ...directive, verb: 'v' }) ?? '';
  return `%!${directive.verb}(${typeOf(operand)}=${pad(plain, directive)})`;
}

function textOf(operand: Operand, directive: Directive): string | null {
  if (typeof operand === 'string') return stringText(operand, directive);
  return typeof operand === 'bigint' ? integerText(operand, directive) : floatText(operand, directive);
}

function stringText(text: string, { verb, precision, flags }: Directive): string | null {
  const cut = precision < 0 ? text : [...text].slice(0, precision).join('');
  switch (verb) {
    case 's':
      return cut;
    case 'v':
      return flags.includes('#') ? JSON.stringify(cut) : cut;
    case 'q':
      return JSON.stringify(cut);
    case 'x':
      return Buffer.from(cut).toString('hex');
    case 'X':
      return Buffer.from(cut).toString('hex').toUpperCase();
    default:
      return null;
  }
}

const BASES: Readonly<Record<string, readonly [base: number, prefix: string]>> = {
  d: [10, ''],
  v: [10, ''],
  b: [2, '0b'],
  o: [8, '0'],
  x: [16, '0x'],
  X: [16, '0X'],
};

function integerText(value: bigint, { verb, flags, precision }: Directive): string | null {
  if (verb === 'c' && value >= 0n && value <= 0x10ffffn) return String.fromCodePoint(Number(value));
  if (verb === 's' && isBig(value)) return String(value);
  const form = BASES[verb];
  if (form === undefined) return null;
  const [base, prefix] = form;
  const digits = (value < 0n ? -value : value).toString(base).padStart(precision, '0');
  const shown = `${flags.includes('#') ? prefix : ''}${verb === 'X' ? digits.toUpperCase() : digits}`;
  return `${signOf(value < 0n, flags)}${shown}`;
}

function floatText(value: number, { verb, flags, precision }: Directive): string | null {
  if (!'feEgGFv'.includes(verb)) return null;
  return `${signOf(value < 0, flags)}${general(Math.abs(value), verb, precision)}`;
}

function signOf(isNegative: boolean, flags: string): string {
  if (isNegative) return '-';
  return flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
}

function general(value: Operand, verb: string, precision: number): string {
  if (typeof value !== 'number') return String(value);
  const places = Math.min(precision, 100);
  if (verb === 'f' || verb === 'F') return value.toFixed(places < 0 ? 6 : places);
  if (verb === 'e' || verb === 'E') return exponent(value.toExponential(places < 0 ? 6 : places), verb);
  const rounded = places < 0 ? value : Number(value.toPrecision(Math.max(1, places)));
  const [, power = '0'] = rounded.toExponential().split('e');
  const isLarge = Number(power) < -4 || Number(power) >= (places < 0 ? 6 : Math.max(1, places));
  if (isLarge) return exponent(rounded.toExponential(), verb === 'G' ? 'E' : 'e');
  return rounded.toLocaleString('en-US', {
    useGrouping: false,
    maximumFractionDigits: 20,
    maximumSignificantDigits: 17,
  });
}

/** The exponent has two digits at least. */
function exponent(text: string, letter: string): string {
  return text.replace(
    /e([+-])(\d+)$/,
    (_, sign: string, digits: string) => `${letter}${sign}${digits.padStart(2, '0')}`,
  );
}

function pad(text: string, { flags, width, verb }: Directive): string {
  const missing = width - [...text].length;
  if (missing <= 0) return text;
  if (flags.includes('-')) return text + ' '.repeat(missing);
  if (!flags.includes('0') || 'sqv'.includes(verb)) return ' '.repeat(missing) + text;
  const sign = /^[+-]/.exec(text)?.[0] ?? '';
  return sign + '0'.repeat(missing) + text.slice(sign.length);
}
