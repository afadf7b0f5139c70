import { RequestBodyError } from '../gateway/body.ts';
import { type Refusal, refuse } from '../gateway/outcome.ts';
import type { Reason } from '../gateway/reasons.ts';

/** Error codes of the system, by what they mean. What is not here is an upstream that cannot be reached. */
const REASON_BY_CODE: Readonly<Record<string, Reason>> = {
  ETIMEDOUT: 'upstream-timeout',
};

/** Why an attempt came to nothing, or an answer was cut off; knows what it means to the exchange. */
export class UpstreamFailure extends Error {
  override readonly name: string = 'UpstreamFailure';
  readonly reason: Reason;
  /**
   * A kept connection was closed before any byte of the answer came. That is how servers end idle connections, so it
   * says nothing about the upstream, and another connection may well serve the request.
   */
  readonly staleConnection: boolean;

  constructor(reason: Reason, message: string, staleConnection = false) {
    super(message);
    this.reason = reason;
    this.staleConnection = staleConnection;
  }
}

/** The text is for the log: what TLS or the resolver say may name internal hosts. */
export function refusalOf(error: Error): Refusal {
  return refuse(reasonOf(error), textOf(error));
}

/** An error of a socket or of the resolver, as what it means here. */
export function failureOf(error: Error): UpstreamFailure {
  return error instanceof UpstreamFailure ? error : new UpstreamFailure(reasonOf(error), textOf(error));
}

/** The client did not send all of the body that it announced. */
export function requestCutOff(error: Error): UpstreamFailure {
  const reason = error instanceof RequestBodyError ? error.reason : 'bad-request';
  return new UpstreamFailure(reason, `the request body was cut off: ${error.message}`);
}

/** When several addresses of a name fail, Node puts what happened into the code and leaves the message empty. */
function textOf(error: Error): string {
  return error.message || codeOf(error) || error.name;
}

function codeOf(error: Error): string {
  return 'code' in error ? String(error.code) : '';
}

function reasonOf(error: Error): Reason {
  if (error instanceof UpstreamFailure || error instanceof RequestBodyError) return error.reason;
  return REASON_BY_CODE[codeOf(error)] ?? 'upstream-unreachable';
}
