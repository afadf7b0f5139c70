import type { Refusal } from '../../gateway/outcome.ts';
import { REASONS, type Reason } from '../../gateway/reasons.ts';
import type { FrameBorders } from './frame-borders.ts';

/** RFC 6455 7.4.1 */
const GOING_AWAY = 1001;
const POLICY_VIOLATION = 1008;
const INTERNAL_ERROR = 1011;

const FIN_CLOSE = 0x88;

/** A control frame has room for 125 bytes, two of which are the code. RFC 6455 5.5 */
const REASON_BYTES = 123;

/**
 * The Close frame that ends a WebSocket towards its client, with the text of the refusal; `null` where none can stand,
 * in the middle of a frame or after another Close: then the connection is just cut.
 * @param sent follows what the client was sent
 */
export function closeFrame(sent: FrameBorders, { reason }: Refusal): Buffer | null {
  if (!sent.atBorder || sent.closing) return null;
  const text = Buffer.from(REASONS[reason].text, 'utf8').subarray(0, REASON_BYTES);
  const frame = Buffer.alloc(4 + text.byteLength);
  frame[0] = FIN_CLOSE;
  frame[1] = 2 + text.byteLength;
  frame.writeUInt16BE(codeOf(reason), 2);
  text.copy(frame, 4);
  return frame;
}

function codeOf(reason: Reason): number {
  if (reason === 'shutting-down') return GOING_AWAY;
  return REASONS[reason].status < 500 ? POLICY_VIOLATION : INTERNAL_ERROR;
}
