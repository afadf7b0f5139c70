/** What one listener accepts. Bytes and milliseconds; every limit is finite. */
export interface ListenerLimits {
  /** Request line and fields together; 431 above it. */
  readonly headBytes: number;
  /** 431 above it. */
  readonly headerFields: number;
  /** 414 above it. */
  readonly targetBytes: number;
  /** From the first byte of a head, or the opening of the connection, to its end; then 408. */
  readonly headTimeout: number;
  /** Between two requests of a connection. */
  readonly keepAliveTimeout: number;
  /** Between two pieces of a request body that is being read; then it is cut off, and the request refused with 408. */
  readonly bodyIdle: number;
  /** How long a client may read nothing of an answer that waits for it; then the connection is closed. */
  readonly writeIdle: number;
  /** A request body that nobody wants is read and dropped up to this size; a larger one ends the connection. */
  readonly drainBytes: number;
  /** How long that may take, and how long a client gets to read the last answer of its connection. */
  readonly drainTime: number;
  /** How long an answer may take to begin for a client that has ended its half, and so may be gone altogether. */
  readonly halfClosedTime: number;
  /** Until a TLS handshake is through; then the connection is closed. */
  readonly handshakeTimeout: number;
  /** Open connections; more are closed at once. */
  readonly connections: number;
  /** The same for one client address; `Infinity`: no limit of its own. */
  readonly connectionsPerAddress: number;
  /** How long neither side of a WebSocket may say anything; then it is closed. */
  readonly tunnelIdle: number;
}

export const DEFAULT_LIMITS: ListenerLimits = {
  headBytes: 32 * 1024,
  headerFields: 100,
  targetBytes: 16 * 1024,
  headTimeout: 10_000,
  keepAliveTimeout: 60_000,
  bodyIdle: 30_000,
  writeIdle: 60_000,
  drainBytes: 256 * 1024,
  drainTime: 1_000,
  halfClosedTime: 5_000,
  handshakeTimeout: 10_000,
  connections: 10_000,
  connectionsPerAddress: Number.POSITIVE_INFINITY,
  tunnelIdle: 600_000,
};
