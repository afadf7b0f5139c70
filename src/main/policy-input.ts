import { buildInput, type PolicyInput } from '../../policies/input.ts';
import type { Exchange } from '../gateway/exchange.ts';

/**
 * What conditions see of an exchange that was routed and identified.
 *
 * @param time milliseconds since 1970
 */
export function inputOf(x: Exchange, time: number, principal = x.principal!): PolicyInput {
  const { resource, namespace } = x.service!;
  const { request, buffered, grpc } = x;
  return buildInput({ request, principal, service: resource, namespace, body: buffered, grpc, time });
}
