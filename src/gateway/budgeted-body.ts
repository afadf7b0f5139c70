import { messageOf } from '../base/errors.ts';
import { type Body, RequestBodyError, readBody } from './body.ts';
import type { BodyLimits } from './body-budget.ts';
import type { Exchange } from './exchange.ts';
import { type Refusal, refuse } from './outcome.ts';

/** Why a body was not read to its end. */
const REFUSED_WITH = { 'too-large': 'body-too-large', 'no-room': 'overloaded', 'too-slow': 'body-too-slow' } as const;

/** Reads the body of a request into the memory that all of them share. Never rejects. @param limit in bytes */
export async function readBudgeted(
  x: Exchange,
  body: Body,
  limit: number,
  { budget, receiveTime }: BodyLimits,
): Promise<{ readonly kind: 'read'; readonly bytes: Buffer } | Refusal> {
  try {
    const guard = { admit: (bytes: number) => budget.take(x, bytes), total: receiveTime };
    const result = await readBody(body, limit, guard);
    return result.kind === 'complete' ? { kind: 'read', bytes: result.bytes } : refuse(REFUSED_WITH[result.kind]);
  } catch (thrown) {
    const reason = thrown instanceof RequestBodyError ? thrown.reason : 'bad-request';
    return refuse(reason, `the request body was cut off: ${messageOf(thrown)}`);
  }
}
