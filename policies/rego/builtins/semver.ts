import { define, fail } from './builtin.ts';

/** Semantic Versioning 2.0.0, with the `v` that many write before it. */
const VERSION =
  /^v?(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-((?!0\d+(?:[.+]|$))[0-9A-Za-z-]+(?:\.(?!0\d+(?:[.+]|$))[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;

/** Longer texts are no versions: nobody writes such, and numbers take time that grows with their square. */
const LONGEST = 1000;

/** As in OPA, which has them in 64 bits. */
const LARGEST = 2n ** 63n - 1n;

interface Version {
  readonly numbers: readonly bigint[];
  readonly release: readonly string[];
}

export const SEMVER = [
  define('semver.is_valid', ['any'], ([text]) => typeof text === 'string' && read(text) !== null),
  define('semver.compare', ['string', 'string'], ([a, b]) => {
    const [first, second] = [read(a), read(b)];
    if (first === null) return fail(`"${a}" is not a semantic version`);
    return second === null ? fail(`"${b}" is not a semantic version`) : compare(first, second);
  }),
];

function read(text: string): Version | null {
  if (text.length > LONGEST) return null;
  const [match, major, minor, patch, release] = VERSION.exec(text) ?? [];
  if (match === undefined) return null;
  const numbers = [major, minor, patch].map((part) => BigInt(part!));
  return numbers.every((number) => number <= LARGEST) ? { numbers, release: release?.split('.') ?? [] } : null;
}

function compare(a: Version, b: Version): number {
  for (const [i, number] of a.numbers.entries()) if (number !== b.numbers[i]) return number < b.numbers[i]! ? -1 : 1;
  if (a.release.length === 0 || b.release.length === 0) return Math.sign(b.release.length - a.release.length);
  for (const [i, part] of a.release.entries()) {
    const other = b.release[i];
    if (other === undefined) return 1;
    if (part !== other) return comparePart(part, other);
  }
  return a.release.length < b.release.length ? -1 : 0;
}

/** Numbers by value and before names. */
function comparePart(a: string, b: string): number {
  const [isNumber, isOtherNumber] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (isNumber && isOtherNumber) return BigInt(a) < BigInt(b) ? -1 : 1;
  if (isNumber !== isOtherNumber) return isNumber ? -1 : 1;
  return a < b ? -1 : 1;
}
