import { changeOf, type FieldChange } from '../envoy/field-changes.ts';
import { Message } from '../envoy/wire.ts';
import type { Part } from './question.ts';

/** `HeaderMutation`: first what is removed, then what is set. */
export interface HeaderMutation {
  readonly set: readonly FieldChange[];
  readonly removed: readonly string[];
}

export type Reply =
  | {
      readonly kind: 'common';
      readonly part: Part;
      /** Nothing more of this message is sent, and its body may be another one. */
      readonly replaces: boolean;
      readonly headers: HeaderMutation;
      /** `null`: as it is. Empty: none. */
      readonly body: Buffer | null;
      /** `ProcessingMode` */
      readonly override: Message | null;
    }
  | {
      readonly kind: 'immediate';
      readonly status: number;
      readonly headers: HeaderMutation;
      readonly body: Buffer;
      readonly grpcStatus: number | null;
      readonly details: string;
    }
  /** It only asks for more time. */
  | { readonly kind: 'later' }
  | { readonly kind: 'unusable'; readonly because: string };

/** Changes of one reply, and bytes of them. */
const MOST_CHANGES = 256;
const MOST_BYTES = 64 * 1024;

/** Field numbers of `ProcessingResponse`. */
const PARTS: readonly (readonly [number, Part])[] = [
  [1, 'request-headers'],
  [2, 'response-headers'],
  [3, 'request-body'],
  [4, 'response-body'],
];
const REQUEST_TRAILERS = 5;
const RESPONSE_TRAILERS = 6;
const IMMEDIATE = 7;
const MODE_OVERRIDE = 9;
const MORE_TIME = 10;

/** Reads `envoy.service.ext_proc.v3.ProcessingResponse`. Never throws. */
export function readReply(bytes: Buffer): Reply {
  try {
    return replyOf(Message.read(bytes));
  } catch (thrown) {
    if (thrown instanceof RangeError) return unusable(thrown.message);
    throw thrown;
  }
}

function replyOf(response: Message): Reply {
  const said = PARTS.filter(([field]) => response.has(field));
  const count = said.length + [REQUEST_TRAILERS, RESPONSE_TRAILERS, IMMEDIATE].filter((n) => response.has(n)).length;
  if (count === 0) return response.has(MORE_TIME) ? { kind: 'later' } : unusable('it says nothing');
  if (count > 1) return unusable('it says several things at once');
  if (response.has(IMMEDIATE)) return immediateOf(response.message(IMMEDIATE)!);
  const [first] = said;
  if (first === undefined) return unusable('it is about trailers, which were not sent');
  const [field, part] = first;
  return commonOf(part, response.message(field)!.message(1), response.message(MODE_OVERRIDE));
}

const NO_CHANGES: HeaderMutation = { set: [], removed: [] };
const CONTINUE_AND_REPLACE = 1n;

function commonOf(part: Part, common: Message | null, override: Message | null): Reply {
  const status = common?.number(1) ?? 0n;
  if (status > CONTINUE_AND_REPLACE) return unusable('its status is unknown');
  const mutation = common?.message(3) ?? null;
  if (mutation?.has(3)) return unusable('it streams a body that was sent whole');
  const headers = headersOf(common, 2);
  if (headers === null) return TOO_MANY;
  const body = mutation === null ? null : bodyOf(mutation);
  return { kind: 'common', part, replaces: status === CONTINUE_AND_REPLACE, headers, body, override };
}

function bodyOf(mutation: Message): Buffer | null {
  if (mutation.number(2) === 1n) return Buffer.alloc(0);
  return mutation.bytes(1).at(-1) ?? null;
}

function immediateOf(immediate: Message): Reply {
  const status = Number(immediate.message(1)?.number(1) ?? 0n);
  if (status < 200 || status > 599) return unusable(`it answers with the status ${status}`);
  const headers = headersOf(immediate, 2);
  if (headers === null) return TOO_MANY;
  return {
    kind: 'immediate',
    status,
    headers,
    body: immediate.bytes(3).at(-1) ?? Buffer.alloc(0),
    grpcStatus: grpcStatusOf(immediate.message(4)),
    details: (immediate.bytes(5).at(-1) ?? Buffer.alloc(0)).toString('utf8'),
  };
}

function grpcStatusOf(given: Message | null): number | null {
  return given === null ? null : Number(given.number(1));
}

/** `null`: too many, which is seen before they are read. */
function headersOf(message: Message | null, field: number): HeaderMutation | null {
  const bytes = message?.bytes(field) ?? [];
  if (bytes.length === 0) return NO_CHANGES;
  if (bytes.reduce((sum, { byteLength }) => sum + byteLength, 0) > MOST_BYTES) return null;
  const mutation = Message.read(Buffer.concat(bytes));
  const [set, removed] = [mutation.bytes(1), mutation.bytes(2)];
  if (set.length + removed.length > MOST_CHANGES) return null;
  return {
    set: set.map((option) => changeOf(Message.read(option), 'set')),
    removed: removed.map((name) => name.toString('latin1').toLowerCase()),
  };
}

const TOO_MANY: Reply = unusable('it changes too many headers');

function unusable(because: string): Reply {
  return { kind: 'unusable', because };
}
