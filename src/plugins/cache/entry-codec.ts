import type { Clock } from '../../base/clock.ts';
import { HeaderList } from '../../base/header-list.ts';
import type { Entry } from './entry.ts';

/** What is kept by a key: an answer, or where to find it. */
export type Stored =
  | { readonly kind: 'entry'; readonly entry: Entry }
  /** Answers are kept apart by these fields. */
  | { readonly kind: 'varies'; readonly by: readonly string[] }
  /** It was made for this target. */
  | { readonly kind: 'elsewhere'; readonly target: string };

/** Another one whenever what is written means something else: what another version has written is not found. */
const VERSION = 1;
const HEAD_AT = 5;
/** Clocks of two gateways may differ by so much; an answer from further ahead is none. */
const MOST_AHEAD_MS = 5_000;

interface Head {
  readonly status: number;
  readonly fields: readonly string[];
  readonly varied: readonly (readonly [string, string])[];
  /** Milliseconds since 1970: monotonic clocks of two processes cannot be compared. */
  readonly madeAt: number;
  readonly lifetime: number;
  readonly always: boolean;
  readonly strict: boolean;
}

export function encodeEntry({ status, headers, body, varied, freshness }: Entry, clock: Clock): Buffer {
  const head: Head = {
    status,
    fields: headers.flat,
    varied,
    madeAt: clock.now() - (clock.monotonic() - freshness.madeAt),
    lifetime: freshness.lifetime,
    always: freshness.isAlwaysValidated,
    strict: freshness.isStrict,
  };
  return packed(head, body);
}

export function encodeVaries(by: readonly string[]): Buffer {
  return packed({ by }, EMPTY);
}

export function encodeElsewhere(target: string): Buffer {
  return packed({ target }, EMPTY);
}

/** `null`: nothing that this version understands. */
export function decodeStored(bytes: Buffer, clock: Clock): Stored | null {
  const parts = unpacked(bytes);
  if (parts === null) return null;
  const { head, body } = parts;
  if (isTexts(head.by)) return { kind: 'varies', by: head.by };
  if (typeof head.target === 'string') return { kind: 'elsewhere', target: head.target };
  return isHead(head) ? entryOf(head, body, clock) : null;
}

function entryOf(head: Head, body: Buffer, clock: Clock): Stored | null {
  const age = clock.now() - head.madeAt;
  if (age < -MOST_AHEAD_MS) return null;
  const entry: Entry = {
    status: head.status,
    headers: new HeaderList([...head.fields]),
    body,
    varied: head.varied,
    freshness: {
      madeAt: clock.monotonic() - Math.max(0, age),
      lifetime: head.lifetime,
      isAlwaysValidated: head.always,
      isStrict: head.strict,
    },
  };
  return { kind: 'entry', entry };
}

const EMPTY = Buffer.alloc(0);

function packed(head: object, body: Buffer): Buffer {
  const text = Buffer.from(JSON.stringify(head));
  const front = Buffer.alloc(HEAD_AT);
  front.writeUInt8(VERSION, 0);
  front.writeUInt32BE(text.byteLength, 1);
  return Buffer.concat([front, text, body]);
}

type Unknown = Readonly<Record<string, unknown>>;

function unpacked(bytes: Buffer): { readonly head: Unknown; readonly body: Buffer } | null {
  if (bytes.byteLength < HEAD_AT || bytes.readUInt8(0) !== VERSION) return null;
  const end = HEAD_AT + bytes.readUInt32BE(1);
  if (end > bytes.byteLength) return null;
  try {
    const head: unknown = JSON.parse(bytes.toString('utf8', HEAD_AT, end));
    return typeof head === 'object' && head !== null ? { head: head as Unknown, body: bytes.subarray(end) } : null;
  } catch {
    return null;
  }
}

function isHead(head: Unknown): head is Unknown & Head {
  const { status, fields, varied, madeAt, lifetime, always, strict } = head;
  if (!Number.isInteger(status) || Number(status) < 200 || Number(status) > 599) return false;
  if (!isTexts(fields) || fields.length % 2 !== 0 || !fields.every(isFieldText)) return false;
  if (!Array.isArray(varied) || !varied.every((pair) => isTexts(pair) && pair.length === 2)) return false;
  return [madeAt, lifetime].every(Number.isFinite) && [always, strict].every((one) => typeof one === 'boolean');
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

/** What would end a line of a head is in none that was kept. */
function isFieldText(text: string): boolean {
  return !/[\r\n\0]/.test(text);
}
