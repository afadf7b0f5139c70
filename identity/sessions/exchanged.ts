import type { Session } from '../../src/model/index.ts';

/**
 * The sessions whose tokens were exchanged for those of the parents, and for theirs in turn (RFC 8693). Their order does
 * not count: clocks are set back now and then.
 * @param parents uids
 */
export function exchangedFor(parents: readonly string[], sessions: readonly Session[]): Session[] {
  const uids = new Set(parents);
  const found: Session[] = [];
  let left = sessions.filter(({ status }) => status.parentRef !== undefined);
  for (let before = -1; found.length > before; ) {
    before = found.length;
    const isChild = ({ status }: Session) => uids.has(status.parentRef?.uid ?? '');
    const children = left.filter(isChild);
    left = left.filter((session) => !isChild(session));
    for (const child of children) uids.add(child.metadata.uid);
    found.push(...children);
  }
  return found;
}
