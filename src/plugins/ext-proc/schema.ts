import { Bool, Duration, text, whole, words } from '../../model/scalars.ts';
import { field, planned, required, type Static, strict } from '../../model/schema.ts';
import { Container } from '../../model/service/container.ts';
import { SERVICE_FIELDS } from '../authorization/schema.ts';

const SendOrSkip = words('SEND', 'SKIP');
const BodyMode = words('NONE', 'BUFFERED');

const { trustedCAs, clientCertificate } = SERVICE_FIELDS;

/** Bytes of a body that is sent when nothing else is said. */
export const DEFAULT_MAX_SIZE = 4 * 1024 * 1024;

export const ExtProc = strict({
  address: required(text(2048), 'The processor: `HOST:PORT` or `grpc://HOST:PORT`, or `https://HOST` with TLS.'),
  container: planned(Container, 'containers', 'use address'),
  processingMode: field(
    strict({
      requestHeaderMode: field(SendOrSkip, 'Whether the head of the request is sent; SEND when left out.'),
      responseHeaderMode: field(SendOrSkip, 'Whether the head of the answer is sent; SEND when left out.'),
      requestBodyMode: field(BodyMode, 'Whether the body of the request is sent, whole; NONE when left out.'),
      responseBodyMode: field(BodyMode, 'Whether the body of the answer is sent, whole; NONE when left out.'),
    }),
    'What the processor is sent.',
  ),
  messageTimeout: field(Duration, 'How long each of its answers may take; 800ms when left out, 30s at most.'),
  maxSize: field(whole(1, 64 * 1024 * 1024), 'Bytes of a body that is sent or comes back; 4 MiB when left out.'),
  allowModeOverride: field(Bool, 'The processor may say what it is sent of the request or answer under way.'),
  passUnprocessedWhenTheProcessorIsUnavailable: field(
    Bool,
    'Requests and answers go on as they are when the processor cannot be reached, fails or is too slow.',
  ),
  trustedCAs,
  clientCertificate,
});
export type ExtProc = Static<typeof ExtProc>;
