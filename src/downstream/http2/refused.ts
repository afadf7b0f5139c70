import { constants, type ServerHttp2Stream } from 'node:http2';
import { BufferedBody } from '../../gateway/body.ts';
import type { Kernel } from '../../gateway/kernel.ts';
import type { ConnectionFacts } from '../protocol.ts';
import { type HeadRefusal, refusalResponse, unparsed } from '../unparsed.ts';
import { bodyLength, NONE, responseFields } from './response-fields.ts';

function stopUpload(stream: ServerHttp2Stream): void {
  stream.close(constants.NGHTTP2_NO_ERROR);
}

/** Answers a request that cannot become an exchange. The other streams of the connection are no worse for it. */
export function answerRefused(
  stream: ServerHttp2Stream,
  method: string,
  refusal: HeadRefusal,
  { peerAddress }: ConnectionFacts,
  kernel: Kernel,
): void {
  const request = unparsed(peerAddress, refusal);
  kernel.refusedUnparsed(request);
  const response = refusalResponse(request);
  const length = bodyLength(response, method);
  const fields = responseFields(response.status, response.headers, length);
  if (fields === null) {
    stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    return;
  }
  stream.respond(fields, { endStream: length === NONE });
  if (length !== NONE && response.body instanceof BufferedBody) stream.end(response.body.bytes);
  // What the client still sends is of no use to anybody (RFC 9113 8.1).
  if (!stream.endAfterHeaders) setImmediate(stopUpload, stream);
}
