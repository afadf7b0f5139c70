import { isUtf8 } from 'node:buffer';
import { type Awaitable, isPromise } from '../../base/awaitable.ts';
import { otherText } from '../../base/other-text.ts';
import { parseStrictJson } from '../../base/strict-json.ts';
import type { Exchange } from '../../gateway/exchange.ts';
import { type Refusal, refuse } from '../../gateway/outcome.ts';
import { type RequestBytes, requestBytes } from '../../gateway/request-body.ts';
import type { Script } from './host.ts';

/** Levels of a body. */
const MOST_NESTED = 64;

export type SeenBody = { readonly kind: 'seen'; readonly value: unknown } | Refusal;

const NONE: SeenBody = { kind: 'seen', value: null };

/** What the script sees of the body of a request; one that it cannot see is refused. */
export function seenBody(x: Exchange, script: Script): Awaitable<SeenBody> {
  const { body, maxBodySize } = script;
  // what flows in a tunnel is no body
  if (body === 'none' || x.request.upgrade !== null) return NONE;
  if (x.grpc !== null) return refuse('bad-body', `messages of gRPC are not what the script ${script.name} reads`);
  const reading = requestBytes(x, maxBodySize);
  const read = (bytes: RequestBytes): SeenBody => (bytes.kind === 'refusal' ? bytes : seen(x, bytes.bytes, script));
  return isPromise(reading) ? reading.then(read) : read(reading);
}

function seen({ outgoing }: Exchange, bytes: Uint8Array, { body, maxBodySize }: Script): SeenBody {
  if (bytes.byteLength === 0) return NONE;
  if (bytes.byteLength > maxBodySize) return refuse('body-too-large', 'it is larger than the script reads');
  const other = otherText(outgoing!.headers);
  if (other !== null) return refuse('bad-body', other);
  if (body === 'json') return seenJson(bytes);
  return isUtf8(bytes)
    ? { kind: 'seen', value: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8') }
    : refuse('bad-body', 'the body is not UTF-8');
}

function seenJson(bytes: Uint8Array): SeenBody {
  const json = parseStrictJson(bytes, MOST_NESTED);
  return json.kind === 'value'
    ? { kind: 'seen', value: json.value }
    : refuse('bad-body', `the body is ${json.kind} JSON`);
}
