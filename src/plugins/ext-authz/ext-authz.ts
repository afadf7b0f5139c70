import { HeaderList } from '../../base/header-list.ts';
import type { Exchange } from '../../gateway/exchange.ts';
import type { Outcome } from '../../gateway/outcome.ts';
import type { Plugin, PluginType } from '../../gateway/plugin.ts';
import type { Slot } from '../../gateway/slot.ts';
import { Asking, denied, MOST_QUESTIONS, timeoutOf, unavailable } from '../authorization/asking.ts';
import type { PluginDeps } from '../deps.ts';
import { applyChanges, type FieldChange } from '../envoy/field-changes.ts';
import type { OutboundAnswer, OutboundRequest } from '../outbound.ts';
import { checkRequest } from './check-request.ts';
import { type CheckAnswer, readCheckResponse } from './check-response.ts';
import type { ExtAuthz } from './schema.ts';

/** Asks a server of Envoy's external authorization protocol (v3, gRPC) whether a request may go on. */
export const plugin: PluginType<ExtAuthz, PluginDeps> = {
  create: (config, deps): Plugin => {
    const { url, timeout, trustedCAs, clientCertificate, requestHeaders, contextExtensions = {} } = config;
    const outbound = deps.outbound({
      url,
      protocol: 'grpc',
      timeout: timeoutOf(timeout),
      mostAtOnce: MOST_QUESTIONS,
      ...(trustedCAs && { trustedCAs }),
      ...(clientCertificate && { clientCertificate: clientCertificate.fromSecret }),
    });
    const asking = new Asking(outbound);
    const chosen = requestHeaders === undefined ? null : new Set(requestHeaders.map((name) => name.toLowerCase()));
    const forClient = deps.slot<readonly FieldChange[]>();
    return {
      onAuthorized: async (x) => {
        const question = callOf(checkRequest(x, { headers: chosen, contextExtensions }));
        return carryOut(x, judged(await asking.ask(x, question)), forClient, deps);
      },
      onResponse: (x) => applyChanges(x.response!.headers, forClient.get(x) ?? []),
    };
  },
};

const METHOD = '/envoy.service.auth.v3.Authorization/Check';
/** Flag and length in front of a message of gRPC. */
const PREFIX = 5;
/** Statuses that have no body (RFC 9110 15.3.5, 15.3.6, 15.4.5). */
const BODILESS: ReadonlySet<number> = new Set([204, 205, 304]);

function callOf(message: Buffer): OutboundRequest {
  const prefix = Buffer.alloc(PREFIX);
  prefix.writeUInt32BE(message.byteLength, 1);
  const body = Buffer.concat([prefix, message]);
  return { method: 'POST', path: METHOD, query: '', headers: new HeaderList(), body };
}

/** One message that is not compressed, and the status OK: everything else is no answer. */
function judged(answer: OutboundAnswer): CheckAnswer {
  if (answer.kind === 'failed') return { kind: 'unusable', because: answer.message };
  const { grpcStatus, body } = answer;
  if (grpcStatus !== 0) return { kind: 'unusable', because: `it answered with grpc-status ${grpcStatus}` };
  const isWhole = body.byteLength >= PREFIX && body[0] === 0 && body.readUInt32BE(1) === body.byteLength - PREFIX;
  return isWhole
    ? readCheckResponse(body.subarray(PREFIX))
    : { kind: 'unusable', because: 'its answer is not one message' };
}

function carryOut(
  x: Exchange,
  answer: CheckAnswer,
  forClient: Slot<readonly FieldChange[]>,
  deps: PluginDeps,
): Outcome | null {
  if (answer.kind === 'unusable') return unavailable(deps, answer.because);
  if (answer.kind === 'denied') {
    const headers = new HeaderList();
    applyChanges(headers, answer.headers);
    const body = BODILESS.has(answer.status) ? Buffer.alloc(0) : answer.body;
    return denied(x, { status: answer.status, headers, body }, deps);
  }
  for (const name of answer.removed) x.outgoing!.headers.delete(name);
  applyChanges(x.outgoing!.headers, answer.request);
  forClient.set(x, answer.response);
  return null;
}
