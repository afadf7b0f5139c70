import type { Message } from '../envoy/wire.ts';
import type { ExtProc } from './schema.ts';

/** What of an exchange the processor is sent. */
export interface Modes {
  readonly requestHeaders: boolean;
  readonly requestBody: boolean;
  readonly responseHeaders: boolean;
  readonly responseBody: boolean;
}

/** Numbers of `ProcessingMode.BodySendMode`. */
export const BODY_NONE = 0n;
export const BODY_BUFFERED = 2n;

const SEND = 1n;
const SKIP = 2n;

export function modesOf({ processingMode = {} }: ExtProc): Modes {
  const { requestHeaderMode, responseHeaderMode, requestBodyMode, responseBodyMode } = processingMode;
  return {
    requestHeaders: requestHeaderMode !== 'SKIP',
    requestBody: requestBodyMode === 'BUFFERED',
    responseHeaders: responseHeaderMode !== 'SKIP',
    responseBody: responseBodyMode === 'BUFFERED',
  };
}

/**
 * The modes as a `ProcessingMode` changes them, for what has not been sent yet. `null`: it asks for a mode that is not
 * served, such as streamed bodies.
 */
export function overridden(modes: Modes, override: Message): Modes | null {
  const header = override.number(2);
  const requestBody = override.number(3);
  const responseBody = override.number(4);
  if (![requestBody, responseBody].every((mode) => mode === BODY_NONE || mode === BODY_BUFFERED)) return null;
  if (override.number(5) === SEND || override.number(6) === SEND) return null;
  return {
    requestHeaders: modes.requestHeaders,
    requestBody: requestBody === BODY_BUFFERED,
    responseHeaders: header === SEND || (header !== SKIP && modes.responseHeaders),
    responseBody: responseBody === BODY_BUFFERED,
  };
}
