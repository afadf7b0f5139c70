import { isPromise } from '../../base/awaitable.ts';
import type { Exchange } from '../exchange.ts';
import { grpcAnswer } from '../grpc/from-upstream.ts';
import { type Outcome, type Refusal, type Response, refuse } from '../outcome.ts';
import type { Step } from '../step.ts';

export const forward: Step = (x, { streams }) => {
  const { upstream } = x.config!;
  if (upstream === null) return refuse('no-config', `config "${x.config!.name}" has no upstream`);
  if (x.grpc !== null) streams.addAsked(x);
  // Interim answers pass by those who change answers: what these take out of the last one may stand in a Link of a 103.
  if (x.config!.chain.onResponse !== null || x.service!.chain.onResponse !== null) x.sendInterim = null;
  const given = upstream.forward(x);
  return isPromise(given) ? given.then((result) => keep(x, result)) : keep(x, given);
};

function keep(x: Exchange, result: Response | Refusal): Outcome | null {
  if ('kind' in result) return result;
  x.response = x.grpc === null ? result : grpcAnswer(x.grpc, result);
  return null;
}
