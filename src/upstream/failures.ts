import { type Refusal, refuse } from '../gateway/outcome.ts';
import type { Reason } from '../gateway/reasons.ts';

/** Error codes of undici and Node, by what they mean. What is not here is an upstream that cannot be reached. */
const REASON_BY_CODE: Readonly<Record<string, Reason>> = {
  UND_ERR_CONNECT_TIMEOUT: 'upstream-timeout',
  UND_ERR_HEADERS_TIMEOUT: 'upstream-timeout',
  UND_ERR_BODY_TIMEOUT: 'upstream-timeout',
  ETIMEDOUT: 'upstream-timeout',
  UND_ERR_HEADERS_OVERFLOW: 'upstream-invalid',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'upstream-invalid',
  UND_ERR_INVALID_ARG: 'internal-error',
  UND_ERR_NOT_SUPPORTED: 'internal-error',
  UND_ERR_REQ_CONTENT_LENGTH_MISMATCH: 'bad-request',
};

/** An error that knows what it means to the exchange. */
export class UpstreamFailure extends Error {
  override readonly name = 'UpstreamFailure';
  readonly reason: Reason;

  constructor(reason: Reason, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** The text is for the log: what TLS or the resolver say may name internal hosts. */
export function refusalOf(error: Error): Refusal {
  return refuse(reasonOf(error), textOf(error));
}

/** When several addresses of a name fail, Node puts what happened into the code and leaves the message empty. */
function textOf(error: Error): string {
  return error.message || codeOf(error) || error.name;
}

function codeOf(error: Error): string {
  return 'code' in error ? String(error.code) : '';
}

function reasonOf(error: Error): Reason {
  if (error instanceof UpstreamFailure) return error.reason;
  if (error.name === 'ConnectTimeout') return 'upstream-timeout';
  const code = codeOf(error);
  if (code.startsWith('HPE_') || isBadMessage(error)) return 'upstream-invalid';
  return REASON_BY_CODE[code] ?? 'upstream-unreachable';
}

/** undici has one code for sockets that failed and for answers that it did not ask for. */
function isBadMessage({ message, name }: Error): boolean {
  return name === 'HTTPParserError' || message === 'bad response' || message === 'bad upgrade';
}
