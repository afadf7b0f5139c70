import type { FieldNames } from '../../base/field-names.ts';
import type { HeaderList } from '../../base/header-list.ts';
import { isHeaderValue, isToken } from '../../base/header-text.ts';
import { maySet, maySetTo } from '../authorization/fields.ts';
import { applyChanges, type FieldChange } from '../envoy/field-changes.ts';
import { isGatewayName } from '../headers/identity-names.ts';
import type { HeaderMutation } from './reply.ts';

/** Characters of names and values that a processor may leave behind. */
const MOST_HEAD = 32 * 1024;

/** What may be changed of a message. */
export interface Changeable {
  readonly headers: HeaderList;
  /** Names by which some upstream is told who asks: no processor writes them. */
  readonly reserved: FieldNames | null;
  /** Sets a field whose name begins with a colon. `false`: to nothing that it could be. Those that may not be set stay. */
  setPseudo(name: string, value: string, replaces: boolean): boolean;
}

/**
 * Changes headers as a processor says. What is not its to change stays as it is, as in Envoy: where a request goes, how
 * messages are framed, and what the gateway says. @returns what makes all of it unusable; `null`: nothing
 */
export function mutate(
  { headers, reserved, setPseudo }: Changeable,
  { set, removed }: HeaderMutation,
  replaces: boolean,
): string | null {
  if (!removed.every(isName)) return 'it removes a header whose name is malformed';
  if (!set.every(isWellFormed)) return 'it sets a header that is malformed';
  const isFree = (name: string): boolean => !isGatewayName(name) && reserved?.has(name) !== true;
  for (const name of removed) if (maySet(name) && isFree(name)) headers.delete(name);
  const free = set.filter(({ name, value }) => maySetTo(name, value) && isFree(name));
  applyChanges(headers, free);
  const pseudo = set.filter(({ name }) => name.startsWith(':'));
  if (!pseudo.every(({ name, value }) => setPseudo(name, value, replaces)))
    return 'it sets a path or status that is none';
  return isTooLarge(headers) ? 'the headers are too large with what it adds' : null;
}

function isName(name: string): boolean {
  return isToken(name.startsWith(':') ? name.slice(1) : name);
}

function isWellFormed({ name, value }: FieldChange): boolean {
  return isName(name) && isHeaderValue(value);
}

function isTooLarge({ flat }: HeaderList): boolean {
  return flat.reduce((sum, text) => sum + text.length, 0) > MOST_HEAD;
}
