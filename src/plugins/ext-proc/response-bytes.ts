import { messageOf } from '../../base/errors.ts';
import { BufferedBody, readBody } from '../../gateway/body.ts';
import type { Exchange } from '../../gateway/exchange.ts';
import { type Refusal, refuse } from '../../gateway/outcome.ts';

/** Why the body of an answer was not read to its end. */
const REFUSED_WITH = {
  'too-large': 'upstream-invalid',
  'no-room': 'overloaded',
  'too-slow': 'upstream-timeout',
} as const;

/** The whole body of the answer, in the memory that bodies share; who is behind gets the same bytes. Never rejects. */
export async function responseBytes(x: Exchange, limit: number): Promise<Uint8Array | Refusal> {
  const response = x.response!;
  const { body } = response;
  if (body === null) return new Uint8Array(0);
  const { budget, receiveTime } = x.bodyLimits!;
  const guard = { admit: (bytes: number) => budget.take(x, bytes), total: receiveTime };
  try {
    const read = await readBody(body, limit, guard);
    if (read.kind !== 'complete') return refuse(REFUSED_WITH[read.kind], 'its answer is to be sent to a processor');
    response.body = new BufferedBody(read.bytes);
    return read.bytes;
  } catch (thrown) {
    return refuse(x.aborted ? 'client-gone' : 'upstream-invalid', `the answer was cut off: ${messageOf(thrown)}`);
  }
}
