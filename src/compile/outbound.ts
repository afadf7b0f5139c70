import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import { BufferedBody, readBody } from '../gateway/body.ts';
import { Exchange, type GrpcCall } from '../gateway/exchange.ts';
import { grpcAnswer } from '../gateway/grpc/from-upstream.ts';
import type { Response } from '../gateway/outcome.ts';
import type { Upstream } from '../gateway/snapshot.ts';
import type {
  ConversationTarget,
  Outbound,
  OutboundAnswer,
  OutboundRequest,
  OutboundTarget,
} from '../plugins/outbound.ts';
import type { UpstreamSpec } from '../upstream/spec.ts';

/** Bytes of an answer: a word, some header fields, perhaps a page for whoever is refused. */
const MOST_BYTES = 64 * 1024;
/** Milliseconds; less than the five seconds after which many servers close a connection. */
const KEEP_ALIVE_MS = 4_000;

/** @throws AppError `invalid` when the URL cannot be one of an upstream; told when it is made. */
export function outboundSpec(target: OutboundTarget): UpstreamSpec {
  const { url, protocol, timeout, mostAtOnce, isExpendable } = target;
  return {
    url,
    protocol: protocol === 'grpc' ? 'h2' : 'h1',
    tls: tlsOf(target),
    timeouts: { connect: timeout, firstByte: timeout, idle: timeout, total: timeout },
    limits: { connections: mostAtOnce, pending: mostAtOnce, requests: mostAtOnce, keepAlive: KEEP_ALIVE_MS },
    ...(isExpendable && { isExpendable }),
  };
}

/** @throws AppError `invalid` as above. */
export function conversationSpec(target: ConversationTarget): UpstreamSpec {
  const { url, mostAtOnce, messageBytes } = target;
  return { url, protocol: 'h2', tls: tlsOf(target), limits: { requests: mostAtOnce }, messageBytes };
}

function tlsOf({ trustedCAs, clientCertificate }: Pick<OutboundTarget, 'trustedCAs' | 'clientCertificate'>) {
  return { ...(trustedCAs && { trustedCAs }), ...(clientCertificate !== undefined && { clientCertificate }) };
}

/** Asks over the connections of an upstream, by an exchange that nobody else sees. */
export function outboundOver(upstream: Upstream, target: OutboundTarget, clock: Clock): Outbound {
  const { protocol, timeout, isExpendable = false } = target;
  return {
    ask: async (x, request) => {
      try {
        const question = questionOf(x, request, clock.monotonic());
        if (protocol === 'grpc') question.grpc = grpcCall(timeout);
        return await ask(upstream, question, isExpendable);
      } catch (thrown) {
        return { kind: 'failed', message: messageOf(thrown) };
      }
    },
  };
}

function questionOf(x: Exchange, request: OutboundRequest, now: number): Exchange {
  const question = new Exchange(x.id, x.snapshot, x.request, null, now);
  const body = request.body === null ? null : new BufferedBody(request.body);
  question.outgoing = {
    ...request,
    headers: request.headers.clone(),
    authority: null,
    body,
    upgrade: null,
    sign: null,
  };
  return question;
}

async function ask(upstream: Upstream, question: Exchange, isExpendable: boolean): Promise<OutboundAnswer> {
  const outcome = await upstream.forward(question);
  if ('reason' in outcome) return { kind: 'failed', message: `${upstream.name}: ${outcome.detail ?? outcome.reason}` };
  const { status, headers, body } = question.grpc === null ? outcome : grpcAnswer(question.grpc, outcome);
  const bytes = (await bytesOf(body)) ?? (isExpendable ? NOTHING : null);
  if (bytes === null) return { kind: 'failed', message: `${upstream.name}: the answer is too large` };
  return { kind: 'answered', status, headers, body: bytes, grpcStatus: question.grpc?.status ?? null };
}

const NOTHING = Buffer.alloc(0);

async function bytesOf(body: Response['body']): Promise<Buffer | null> {
  if (body === null) return NOTHING;
  const read = await readBody(body, MOST_BYTES);
  return read.kind === 'complete' ? read.bytes : null;
}

/** The parts that name the method are for conditions alone. */
function grpcCall(timeout: number): GrpcCall {
  const named = { package: '', service: '', serviceFullName: '', method: '' };
  return { ...named, wire: 'grpc', timeout, status: null, resetCode: null };
}
