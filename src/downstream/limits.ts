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
  /** Between two pieces of a request body that is being read; then the connection is closed. */
  readonly bodyIdle: number;
  /** How long a client may read nothing of an answer that waits for it; then the connection is closed. */
  readonly writeIdle: number;
  /** What is read and dropped of a request body that nobody wants, so that the client gets to read the answer. */
  readonly drainBytes: number;
  readonly drainTime: number;
  /** Open connections; more are closed at once. */
  readonly connections: number;
  /** Requests that wait on one connection for the answer before theirs. */
  readonly pipelined: number;
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
  connections: 10_000,
  pipelined: 16,
};
