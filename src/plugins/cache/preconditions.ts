import { HeaderList } from '../../base/header-list.ts';
import type { Entry } from './entry.ts';
import { dateOf } from './freshness.ts';

const TAG = /(?:W\/)?"[^"]*"/g;

/** Whether the client has what is kept already (RFC 9110 13.1.2, 13.1.3): it gets a 304. */
export function isKnownToClient({ status, headers }: Entry, asked: HeaderList): boolean {
  if (status !== 200) return false;
  const tags = asked.all('if-none-match').join(',');
  if (tags !== '') return matches(tags, headers.get('etag'));
  const since = dateOf(asked, 'if-modified-since');
  const modified = dateOf(headers, 'last-modified');
  return since !== null && modified !== null && modified <= since;
}

/** RFC 9110 8.8.3.2: tags of conditions about reading are compared without regard to their weakness. */
function matches(tags: string, tag: string | null): boolean {
  if (tags.trim() === '*') return true;
  return tag !== null && (tags.match(TAG) ?? []).some((one) => strengthless(one) === strengthless(tag));
}

function strengthless(tag: string): string {
  return tag.startsWith('W/') ? tag.slice(2) : tag;
}

/** Asks the upstream whether the answer is still good, and about nothing else (RFC 9111 4.3.1). */
export function askForChange(headers: HeaderList, entry: Entry): void {
  forgetConditions(headers);
  const tag = entry.headers.get('etag');
  if (tag !== null) headers.set('if-none-match', tag);
  const modified = entry.headers.get('last-modified');
  if (modified !== null) headers.set('if-modified-since', modified);
}

export function forgetConditions(headers: HeaderList): void {
  headers.delete('if-none-match');
  headers.delete('if-modified-since');
}

/** Whether the 304 is about what is kept: it may name another state. */
export function isAbout({ headers }: Entry, answer: HeaderList): boolean {
  const [kept, told] = [headers.get('etag'), answer.get('etag')];
  return kept === null || told === null || strengthless(kept) === strengthless(told);
}

/** RFC 9111 3.2: the fields of the 304 in the place of those of before, but what describes the body. */
export function updated(kept: HeaderList, answer: HeaderList): HeaderList {
  const told = new HeaderList([...answer].filter(([name]) => !name.startsWith('content-')).flat());
  const names = new Set([...told].map(([name]) => name));
  // How old the answer of before was is over.
  const rest = [...kept].filter(([name]) => !names.has(name) && name !== 'age');
  return new HeaderList([...rest.flat(), ...told.flat]);
}

/** RFC 9110 15.4.5: what a 304 says is what the answer says about itself, not about its body. */
export function withoutBodyFields(headers: HeaderList): HeaderList {
  return new HeaderList(
    [...headers].filter(([name]) => name === 'content-location' || !name.startsWith('content-')).flat(),
  );
}
