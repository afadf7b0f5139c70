import { createHash, randomInt } from 'node:crypto';
import type { RegoValue } from '../value.ts';
import { define } from './builtin.ts';

/** The form of RFC 9562, and what may stand around it. */
const UUID =
  /^(?:urn:uuid:)?\{?([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})\}?$|^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/i;

/** Between 1582-10-15 and 1970-01-01, in steps of 100 ns. */
const GREGORIAN = 122_192_928_000_000_000n;

const DOMAINS = ['Person', 'Group', 'Org'];

export const UUIDS = [
  /** The same for the same seed within one evaluation. */
  define('uuid.rfc4122', ['string'], ([seed], { kept, time }) => {
    const key = `uuid ${seed}`;
    const value = kept.get(key) ?? randomUuid(`${time} ${randomInt(2 ** 47)}`);
    kept.set(key, value);
    return value;
  }),
  define('uuid.parse', ['string'], ([text]) => {
    const fields = UUID.exec(text)
      ?.slice(1)
      .filter((field) => field !== undefined);
    return fields === undefined ? undefined : describe(fields.map((field) => field.toLowerCase()));
  }),
];

function randomUuid(text: string): string {
  const digits = createHash('sha256').update(text).digest('hex');
  const [low, mid, high, clock, node] = [0, 8, 13, 17, 20].map((at) => digits.slice(at, at + 12));
  return `${low!.slice(0, 8)}-${mid!.slice(0, 4)}-4${high!.slice(0, 3)}-a${clock!.slice(0, 3)}-${node}`;
}

function describe([low = '', mid = '', high = '', clock = '', node = '']: readonly string[]): RegoValue {
  const version = Number.parseInt(high[0]!, 16);
  const known = new Map<string, RegoValue>([
    ['version', version],
    ['variant', variantOf(Number.parseInt(clock[0]!, 16))],
  ]);
  if (version !== 1 && version !== 2) return known;
  const first = Number.parseInt(node.slice(0, 2), 16);
  known.set('nodeid', node.match(/../g)!.join('-'));
  known.set('macvariables', `${(first & 2) === 0 ? 'global' : 'local'}:${(first & 1) === 0 ? 'unicast' : 'multicast'}`);
  known.set('clocksequence', Number.parseInt(clock, 16) & 0x3fff);
  known.set('time', (BigInt(`0x${high.slice(1)}${mid}${low}`) - GREGORIAN) * 100n);
  if (version === 2) {
    const domain = Number.parseInt(clock.slice(2), 16);
    known.set('id', Number.parseInt(low, 16));
    known.set('domain', DOMAINS[domain] ?? `Domain${domain}`);
  }
  return known;
}

function variantOf(bits: number): string {
  if (bits < 8) return 'Reserved';
  if (bits < 12) return 'RFC4122';
  return bits < 14 ? 'Microsoft' : 'Future';
}
