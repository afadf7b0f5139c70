import type { HeaderList } from '../../base/header-list.ts';
import { field, numberField } from '../envoy/wire.ts';
import { BODY_BUFFERED, BODY_NONE, type Modes } from './modes.ts';

/** Part of an exchange, in the order in which they are sent. */
export type Part = 'request-headers' | 'request-body' | 'response-headers' | 'response-body';

/** Field numbers of `ProcessingRequest`. */
const FIELDS: Readonly<Record<Part, number>> = {
  'request-headers': 2,
  'response-headers': 3,
  'request-body': 4,
  'response-body': 5,
};
const PROTOCOL_CONFIG = 11;

export type Pseudo = readonly (readonly [name: string, value: string])[];

/** `HttpHeaders`. @param isAll no body follows */
export function headersMessage(pseudo: Pseudo, headers: HeaderList, isAll: boolean): Buffer {
  const fields = Array.from([...pseudo, ...headers], ([name, value]) => field(1, headerValue(name, value)));
  return Buffer.concat([field(1, Buffer.concat(fields)), isAll ? numberField(3, 1n) : NOTHING]);
}

/** One character is one octet in a header; `raw_value` holds octets. */
function headerValue(name: string, value: string): Buffer {
  return Buffer.concat([field(1, name), field(3, Buffer.from(value, 'latin1'))]);
}

/** `HttpBody`: the whole of it. */
export function bodyMessage(bytes: Uint8Array): Buffer {
  return Buffer.concat([field(1, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)), numberField(2, 1n)]);
}

/** `ProcessingRequest`; the first one says which bodies come. */
export function question(part: Part, message: Buffer, announced: Modes | null): Buffer {
  return Buffer.concat([field(FIELDS[part], message), announced === null ? NOTHING : protocolConfig(announced)]);
}

function protocolConfig({ requestBody, responseBody }: Modes): Buffer {
  const modes = [requestBody, responseBody].map((isSent, i) => numberField(i + 1, isSent ? BODY_BUFFERED : BODY_NONE));
  return field(PROTOCOL_CONFIG, Buffer.concat(modes));
}

const NOTHING = Buffer.alloc(0);
