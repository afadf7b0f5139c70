import { HeaderList } from '../base/header-list.ts';
import { isHopByHop } from '../base/header-text.ts';
import { isOwnCookie } from '../base/own-names.ts';
import { NameTable } from './name-table.ts';

/** What an upstream may not tell a client in our name. */
const OWN_PREFIX = 'x-ostiary-';
/** Its `"cookies"` ends the sessions of every Service below the same registrable domain. */
const CLEARING = 'clear-site-data';

type Passing = 'yes' | 'no' | 'cookie';

const PASSING = new NameTable<Passing>((name) => {
  if (name === 'set-cookie') return 'cookie';
  return isHopByHop(name) || name === CLEARING || name.startsWith(OWN_PREFIX) ? 'no' : 'yes';
});

/**
 * The fields of an upstream's answer without what belongs to its connection and what is not its to say. Takes
 * ownership of `fields` (names in lower case and values, alternating). `nominated`: by its Connection field.
 */
export function passedFields(fields: string[], nominated: readonly string[] | null): HeaderList {
  let kept = 0;
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i] as string;
    const value = fields[i + 1] as string;
    if (!isPassed(name, value) || nominated?.includes(name) === true) continue;
    if (kept < i) {
      fields[kept] = name;
      fields[kept + 1] = value;
    }
    kept += 2;
  }
  if (kept < fields.length) fields.length = kept;
  return new HeaderList(fields);
}

function isPassed(name: string, value: string): boolean {
  const passing = PASSING.get(name);
  return passing === 'yes' || (passing === 'cookie' && !setsOwnCookie(value));
}

/**
 * R31. A cookie without a name comes back as its bare value, and browsers trim blanks, so both are looked through;
 * the `__Host-` prefix is the same to them in any case.
 */
function setsOwnCookie(value: string): boolean {
  if (!value.includes('ostiary-')) return false;
  const pair = (value.split(';', 1)[0] as string).trim();
  const bare = pair.startsWith('=') ? pair.slice(1).trim() : pair;
  return isOwnCookie(bare) || isOwnCookie(bare.replace(/^__host-/i, '__Host-'));
}
