import { invalid, readOnly } from './fault.ts';

export type PatchOp = 'add' | 'replace' | 'remove';

/** One assignment to a draft. `value` is `undefined` when there is none. */
export interface Assignment {
  readonly op: PatchOp;
  readonly value: unknown;
  /** What stands in the brackets of a path, as in `members[value eq "x"]`. */
  readonly filter: string | null;
}

export type Setter<D> = (draft: D, assignment: Assignment) => void;

/** By the attribute's path in lower case. A Map: no attribute of a client reaches anything else. */
export type Setters<D> = ReadonlyMap<string, Setter<D>>;

const READ_ONLY: ReadonlySet<string> = new Set(['id', 'meta', 'groups', 'schemas']);
const CORE = /^urn:ietf:params:scim:schemas:core:2\.0:(?:User|Group):/i;
const PATH = /^([A-Za-z$][\w$-]*)(?:\[([^[\]]{1,512})\])?(?:\.([A-Za-z$][\w$-]*))?$/;
const MOST_PATH = 1024;
/** Of one object; real ones have some dozens. Wider ones only cost time. */
const MOST_ATTRIBUTES = 500;

/** Takes over the attributes of a whole resource, or of an operation without a path. @throws ScimFault */
export function assignAll<D>(draft: D, setters: Setters<D>, op: PatchOp, value: unknown): void {
  for (const [name, one] of Object.entries(objectOf(value))) {
    // What is read-only is ignored in a whole resource (RFC 7644 3.5.1); clients send it back as they got it.
    const path = name.replace(CORE, '').toLowerCase();
    setters.get(path)?.(draft, { op, value: one, filter: null });
  }
}

/** One operation with a path. What is not kept here is ignored; directories send all that they have. */
export function assignPath<D>(
  draft: D,
  setters: Setters<D>,
  path: string,
  { op, value }: Omit<Assignment, 'filter'>,
): void {
  if (path.length > MOST_PATH) throw invalid('invalidPath', 'the path is too long');
  const bare = path.replace(CORE, '');
  if (bare.toLowerCase().startsWith('urn:')) return;
  const match = PATH.exec(bare);
  if (match === null) throw invalid('invalidPath', 'the path is not ATTRIBUTE, ATTRIBUTE[FILTER] or ATTRIBUTE.PART');
  const [, name = '', filter = null, part] = match;
  const attribute = name.toLowerCase();
  if (READ_ONLY.has(attribute)) throw readOnly(`"${attribute}" is read-only`);
  setters.get(part === undefined ? attribute : `${attribute}.${part.toLowerCase()}`)?.(draft, { op, value, filter });
}

/** @throws ScimFault */
export function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid('invalidSyntax', 'a JSON object is expected');
  }
  if (Object.keys(value).length <= MOST_ATTRIBUTES) return value as Record<string, unknown>;
  throw invalid('invalidSyntax', `an object has at most ${MOST_ATTRIBUTES} attributes`);
}

/** By a name whose case does not count (RFC 7643 2.1). */
export function memberOf(value: unknown, name: string): unknown {
  const object = objectOf(value);
  if (Object.hasOwn(object, name)) return object[name];
  const wanted = name.toLowerCase();
  const key = Object.keys(object).find((one) => one.length === wanted.length && one.toLowerCase() === wanted);
  return key === undefined ? undefined : object[key];
}

/** A list, or the one thing that clients send in its place. */
export function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/** `null` for what is removed or empty. @throws ScimFault */
export function textOf({ op, value }: Assignment, name: string, most: number): string | null {
  if (op === 'remove' || value === undefined || value === null || value === '') return null;
  if (typeof value !== 'string') throw invalid('invalidValue', `"${name}" must be a text`);
  if (value.length > most) throw invalid('invalidValue', `"${name}" has more than ${most} characters`);
  if (hasControlCharacters(value)) throw invalid('invalidValue', `"${name}" has control characters`);
  return value;
}

/** Also those that turn the direction of text. */
function hasControlCharacters(text: string): boolean {
  return /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069\ufeff]/u.test(text);
}
