import { HeaderList } from '../../base/header-list.ts';
import { BufferedBody } from '../../gateway/body.ts';
import type { Exchange } from '../../gateway/exchange.ts';
import { encodeMessage } from '../../gateway/grpc/message.ts';
import { statusOfHttp } from '../../gateway/grpc/status.ts';
import { type DirectResponse, refuse, respond } from '../../gateway/outcome.ts';
import { mutate } from './mutation.ts';
import type { Reply } from './reply.ts';
import { BODILESS } from './subject.ts';

type Immediate = Extract<Reply, { kind: 'immediate' }>;

const FIRST_ERROR = 400;

/** What the processor answers in the place of the upstream, or what makes that unusable. */
export function immediateResponse(x: Exchange, reply: Immediate, plugin: string): DirectResponse | string {
  const { status, details } = reply;
  const headers = headersFor(x, reply);
  const problem = mutate({ headers, reserved: null, setPseudo: () => true }, reply.headers, false);
  if (problem !== null) return problem;
  if (status >= FIRST_ERROR) {
    x.refusal = refuse('processor-refused', `${plugin}: it answered ${status}${details === '' ? '' : `: ${details}`}`);
    headers.set('x-ostiary-request-id', x.id);
    headers.set('x-ostiary-reason', 'processor-refused');
  }
  if (x.grpc !== null) return respond(200, headers);
  const hasBody = reply.body.byteLength > 0 && !BODILESS.has(status);
  return respond(status, headers, hasBody ? new BufferedBody(reply.body) : null);
}

/** A gRPC caller gets an answer without messages, whose body is what its status says. */
function headersFor({ grpc }: Exchange, { status, grpcStatus, body }: Immediate): HeaderList {
  if (grpc === null) return HeaderList.from(body.byteLength === 0 ? [] : [['content-type', 'text/plain']]);
  return HeaderList.from([
    ['content-type', 'application/grpc'],
    ['grpc-status', String(grpcStatus ?? statusOfHttp(status))],
    ['grpc-message', encodeMessage(body.toString('utf8'))],
  ]);
}
