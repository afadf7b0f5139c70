import type { HeaderList } from '../../base/header-list.ts';
import type { Exchange, OutgoingRequest } from '../../gateway/exchange.ts';

/** What a copy has of the head. */
export interface CopiedHead {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: HeaderList;
}

/** Tells the second upstream that nobody waits for what it says. */
const MARK = 'x-ostiary-mirror';

/** By which clients say who they are. */
const CREDENTIALS = ['authorization', 'proxy-authorization', 'dpop', 'cookie'] as const;

/** The head as it is at this moment, with everything that it proves. */
export function wholeHead({ outgoing }: Exchange): CopiedHead {
  const { method, path, query, headers } = outgoing as OutgoingRequest;
  const copy = headers.clone();
  copy.set(MARK, '1');
  return { method, path, query, headers: copy };
}

/** Without what clients prove by; what we add to prove something comes later. */
export function bareHead(x: Exchange): CopiedHead {
  const head = wholeHead(x);
  for (const name of CREDENTIALS) head.headers.delete(name);
  return head;
}
