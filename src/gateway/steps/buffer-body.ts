import { hasRepeatedKey } from '../../base/json-keys.ts';
import { otherText } from '../../base/other-text.ts';
import { type Body, BufferedBody } from '../body.ts';
import type { BodyLimits } from '../body-budget.ts';
import { readBudgeted } from '../budgeted-body.ts';
import type { BufferedRequest, Exchange } from '../exchange.ts';
import { LimitedBody } from '../limited-body.ts';
import { type Outcome, type Refusal, refuse } from '../outcome.ts';
import type { Buffering } from '../snapshot.ts';
import type { DecidingStep } from '../step.ts';

/** Reads the body when conditions of the Service look at it; after identification, so that strangers fill no memory. */
export const bufferBody: DecidingStep = (x, { bodyLimits }) => {
  const { buffering } = x.service!;
  // What a client sends in a tunnel flows only after the answer: there is no body to decide by.
  if (x.request.upgrade !== null) return null;
  if (buffering === null) return x.body === null ? null : limit(x, x.body, x.service!.bodyLimit);
  return x.body === null ? keep(x, Buffer.alloc(0), buffering) : readAndKeep(x, x.body, buffering, bodyLimits);
};

/** A stated length is what comes: the protocols see to that. */
function limit(x: Exchange, body: Body, most: number): Refusal | null {
  if (body.length !== null) return body.length > most ? refuse('body-too-large') : null;
  if (most < Number.POSITIVE_INFINITY) x.body = new LimitedBody(body, most);
  return null;
}

async function readAndKeep(x: Exchange, body: Body, buffering: Buffering, limits: BodyLimits) {
  const reading = await readBudgeted(x, body, buffering.limit, limits);
  return reading.kind === 'refusal' ? reading : keep(x, reading.bytes, buffering);
}

function keep(x: Exchange, bytes: Buffer, buffering: Buffering): Outcome | null {
  const other = buffering.json && bytes.byteLength > 0 ? otherText(x.request.headers) : null;
  if (other !== null) return refuse('bad-body', other);
  const json = buffering.json ? parseObject(bytes) : null;
  if (json === 'malformed') return refuse('bad-body', 'the body is not a JSON object');
  if (json === 'ambiguous') return refuse('bad-body', 'an object of the body has the same key twice');
  const buffered: BufferedRequest = { bytes, json };
  x.buffered = buffered;
  if (x.body !== null) {
    x.bytesReceived = bytes.byteLength;
    x.body = new BufferedBody(bytes);
  }
  return null;
}

/** `ambiguous`: conditions would see another value than an upstream that takes the first one of a key. */
function parseObject(bytes: Buffer): Record<string, unknown> | null | 'malformed' | 'ambiguous' {
  if (bytes.byteLength === 0) return null;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (!isObject) return 'malformed';
    return hasRepeatedKey(text) ? 'ambiguous' : (value as Record<string, unknown>);
  } catch {
    return 'malformed';
  }
}
