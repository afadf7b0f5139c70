import { DEBUG_HEADER } from '../base/own-names.ts';
import type { RequestHead } from '../gateway/exchange.ts';
import type { Snapshot } from '../gateway/snapshot.ts';
import { canonicalise, type RawHead } from './canonical/index.ts';
import type { ConnectionFacts } from './protocol.ts';
import { type HeadRefusal, headRefusal } from './unparsed.ts';

/** Makes the canonical head of what an engine read, or says why the request is refused. One for every protocol. */
export function accept(raw: RawHead, facts: ConnectionFacts, snapshot: Snapshot): RequestHead | HeadRefusal {
  const debugToken = debugTokenOf(raw.headers);
  const head = canonicalise(raw, facts, snapshot);
  if ('kind' in head) return headRefusal(head);
  return debugToken === null ? head : { ...head, debugToken };
}

/** The field itself is dropped from the canonical head as any other of our prefix. `null` for none or several. */
function debugTokenOf(raw: readonly string[]): string | null {
  let token: string | null = null;
  for (let i = 0; i < raw.length; i += 2) {
    if (raw[i] !== DEBUG_HEADER) continue;
    if (token !== null) return null;
    token = raw[i + 1] as string;
  }
  return token;
}
