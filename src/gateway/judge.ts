import { messageOf } from '../base/errors.ts';
import { Exchange } from './exchange.ts';
import { type Outcome, type Refusal, refuse } from './outcome.ts';
import type { Snapshot } from './snapshot.ts';
import type { DecidingParts, DecidingStep } from './step.ts';
import { authorize } from './steps/authorize.ts';
import { identifyAgain } from './steps/identify.ts';
import { route } from './steps/route.ts';
import { webSocketOrigin } from './steps/web-socket-origin.ts';

/** The steps that decide, without those that act. */
const DECIDING: readonly DecidingStep[] = [route, webSocketOrigin, identifyAgain, authorize];

/**
 * Decides on an open stream as if it were asked for now, with all that has changed meanwhile: the configuration, its
 * session, the time. `null`: it may go on. Never rejects.
 */
export async function judge(x: Exchange, snapshot: Snapshot, parts: DecidingParts): Promise<Refusal | null> {
  const again = new Exchange(x.id, snapshot, x.request, null, x.timings.accepted);
  again.principal = x.principal;
  again.grpc = x.grpc;
  again.buffered = x.buffered;
  try {
    for (const step of DECIDING) {
      const outcome = await step(again, parts);
      if (outcome !== null) return refusalOf(outcome);
    }
  } catch (thrown) {
    return refuse('internal-error', messageOf(thrown));
  }
  return again.service!.name === x.service?.name ? null : refuse('no-route', 'another Service answers there now');
}

/** What is answered instead of the stream ends it too. */
function refusalOf(outcome: Outcome): Refusal {
  return outcome.kind === 'refusal' ? outcome : refuse('policy-denied', 'a plugin answers now');
}
