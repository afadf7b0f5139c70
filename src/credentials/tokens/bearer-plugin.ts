import { isPromise } from '../../base/awaitable.ts';
import { SecretValue } from '../../base/secret-value.ts';
import type { Exchange } from '../../gateway/exchange.ts';
import { GRPC } from '../../gateway/grpc/status.ts';
import type { Refusal } from '../../gateway/outcome.ts';
import type { Plugin } from '../../gateway/plugin.ts';
import type { Slot } from '../../gateway/slot.ts';
import { unavailable } from '../secret-text.ts';
import type { AskForToken, KeptToken } from './kept-token.ts';
import type { TokenFailure } from './token-answer.ts';

/** The token that one request needs, and how to ask for it. */
export interface TokenNeed {
  readonly kept: KeptToken;
  readonly ask: AskForToken;
}

interface Sent {
  readonly kept: KeptToken;
  readonly value: SecretValue;
}

/** Sends a token of a token endpoint as `Authorization: Bearer`. One that the upstream refuses is given up, once. */
export function bearerPlugin(needOf: (x: Exchange) => TokenNeed | Refusal, sent: Slot<Sent>): Plugin {
  const put = (x: Exchange, kept: KeptToken, given: SecretValue | TokenFailure): Refusal | null => {
    if (!(given instanceof SecretValue)) return unavailable(given.because);
    x.outgoing!.headers.set('authorization', `Bearer ${given.reveal()}`);
    sent.set(x, { kept, value: given });
    return null;
  };
  const giveUp = (x: Exchange): void => {
    const { kept, value } = sent.get(x) ?? {};
    if (value !== undefined) kept?.refused(value);
  };
  return {
    inject: (x) => {
      const need = needOf(x);
      if ('reason' in need) return need;
      const given = need.kept.take(need.ask);
      return isPromise(given) ? given.then((token) => put(x, need.kept, token)) : put(x, need.kept, given);
    },
    onResponse: (x) => {
      if (x.response!.status === 401) giveUp(x);
    },
    // Calls of gRPC say it last.
    onSettled: (x) => {
      if (x.grpc?.status === GRPC.unauthenticated && x.refusal === null) giveUp(x);
    },
  };
}
