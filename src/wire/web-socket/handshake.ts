import { createHash, randomBytes } from 'node:crypto';

/** RFC 6455 1.3. */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const KEY_BYTES = 16;

/** The only version there is. RFC 6455 4.1 */
export const WEB_SOCKET_VERSION = '13';

/** A fresh `Sec-WebSocket-Key`. */
export function newWebSocketKey(): string {
  return randomBytes(KEY_BYTES).toString('base64');
}

/** Whether a `Sec-WebSocket-Key` is 16 bytes in base64, spelled as only one spelling is right. */
export function isWebSocketKey(value: string): boolean {
  const bytes = Buffer.from(value, 'base64');
  return bytes.byteLength === KEY_BYTES && bytes.toString('base64') === value;
}

/** The `Sec-WebSocket-Accept` that proves that a key was read. RFC 6455 4.2.2 */
export function webSocketAccept(key: string): string {
  return createHash('sha1')
    .update(key + GUID, 'latin1')
    .digest('base64');
}

/** Fields of one hop of a handshake: each hop makes its own, so none of them is passed on. */
export function isWebSocketHopField(name: string): boolean {
  return name === 'sec-websocket-key' || name === 'sec-websocket-accept' || name === 'sec-websocket-version';
}
