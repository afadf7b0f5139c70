import { Duration, whole } from '../../model/scalars.ts';
import { field, required, type Static, strict } from '../../model/schema.ts';
import { Percent } from '../chance.ts';

const Abort = strict({
  percent: required(Percent, 'Of how many requests in a hundred.'),
  status: field(whole(400, 599), 'Status of the answer; 503 when left out.'),
  grpcStatus: field(whole(1, 16), 'The same on a Service of mode GRPC; 14 (UNAVAILABLE) when left out.'),
});

const Delay = strict({
  percent: required(Percent, 'Of how many requests in a hundred.'),
  duration: required(Duration, 'How long they wait; at most a minute.'),
});

export const FaultRules = strict({
  abort: field(Abort, 'Requests that are answered with a failure; no upstream is asked.'),
  delay: field(Delay, 'Requests that wait before they go on, or before they fail.'),
});
export type FaultRules = Static<typeof FaultRules>;
