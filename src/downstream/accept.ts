import type { RequestHead } from '../gateway/exchange.ts';
import type { Snapshot } from '../gateway/snapshot.ts';
import { canonicalise, type RawHead } from './canonical/index.ts';
import type { ConnectionFacts } from './protocol.ts';
import { type HeadRefusal, headRefusal } from './unparsed.ts';

/** Makes the canonical head of what an engine read, or says why the request is refused. One for every protocol. */
export function accept(raw: RawHead, facts: ConnectionFacts, snapshot: Snapshot): RequestHead | HeadRefusal {
  const head = canonicalise(raw, facts, snapshot);
  return 'kind' in head ? headRefusal(head) : head;
}
