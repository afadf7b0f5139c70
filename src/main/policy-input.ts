import type { Principal } from '../../identity/principal.ts';
import { buildInput, type PolicyInput } from '../../policies/input.ts';
import type { Exchange } from '../gateway/exchange.ts';

/** Who acts, and when. */
export interface Acting {
  readonly principal: Principal;
  /** Whether an approver has let the principal in. */
  readonly hasGrant: boolean;
  /** Milliseconds since 1970. */
  readonly time: number;
}

/** What conditions see of an exchange that was routed and identified. */
export function inputOf(x: Exchange, acting: Acting): PolicyInput {
  const { resource, namespace } = x.service!;
  const { request, buffered, grpc } = x;
  return buildInput({ request, service: resource, namespace, body: buffered, grpc, ...acting });
}
