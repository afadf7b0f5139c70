import { FieldNames, foldedName } from '../../base/field-names.ts';
import type { HeaderList } from '../../base/header-list.ts';
import { withoutOwnTokens } from '../../base/own-names.ts';
import { REDACTED } from './redaction.ts';

/** Which headers one direction shows. */
export interface ShownRules {
  readonly all: boolean | undefined;
  readonly included: readonly string[] | undefined;
  readonly excluded: readonly string[] | undefined;
  /** Shown without their values. */
  readonly redacted: readonly string[] | undefined;
  /** Names of this config that carry credentials, beside those that always do. */
  readonly denied: readonly string[];
}

export type ShownHeaders = (headers: HeaderList) => Readonly<Record<string, string>>;

/** Characters of one value. */
const LONGEST_VALUE = 1024;

/** Carry credentials, or addresses with codes and tokens in them. */
const DENIED: ReadonlySet<string> = new Set([
  'authentication-info',
  'content-location',
  'dpop',
  'link',
  'location',
  'proxy-authenticate',
  'referer',
  'refresh',
  'sec-websocket-key',
  'sec-websocket-protocol',
  'www-authenticate',
  'x-forwarded-uri',
  'x-original-uri',
  'x-original-url',
  'x-ostiary-auth',
  'x-ostiary-debug',
  'x-rewrite-url',
]);

/** What other names have in them that do. */
const SENSITIVE =
  /cookie|credential|passphrase|passwd|password|secret|signature|token|(access|account|api|auth|client|license|private|session|signing|subscription)-?key|(^|-)(auth|authorization|bearer|csrf|jwt|nonce|otp|pin|pwd|session|sessionid|sid|xsrf)(-|$)/;

/** Of headers alone: keys of objects are seldom secrets. */
const KEY = /(^|-)key$/;

/** `null`: none are asked for. What carries credentials is not shown even where it is asked for. */
export function shownHeaders(rules: ShownRules): ShownHeaders | null {
  const { all = false, included = [], excluded = [], redacted = [], denied } = rules;
  if (!all && included.length === 0) return null;
  const wanted = new Set(included.map(foldedName));
  const unwanted = new Set([...excluded, ...denied].map(foldedName));
  const blotted = new FieldNames(redacted);
  const isShown = remembered((name) => {
    const folded = foldedName(name);
    return (all || wanted.has(folded)) && !unwanted.has(folded) && !isSensitive(folded) && !KEY.test(folded);
  });
  return (headers) => {
    const shown: Record<string, string> = Object.create(null);
    for (const [name, value] of headers) {
      if (!isShown(name)) continue;
      const before = shown[name];
      shown[name] = blotted.has(name)
        ? REDACTED
        : cut(withoutOwnTokens(before === undefined ? value : `${before}, ${value}`));
    }
    return shown;
  };
}

/** Names that are remembered; clients send the same few again and again. */
const MOST_REMEMBERED = 1_000;

function remembered(judge: (name: string) => boolean): (name: string) => boolean {
  const known = new Map<string, boolean>();
  return (name) => {
    const before = known.get(name);
    if (before !== undefined) return before;
    if (known.size === MOST_REMEMBERED) known.clear();
    const judged = judge(name);
    // A copy: what is kept must not hold on to the whole head that the name was cut from.
    known.set(Buffer.from(name, 'latin1').toString('latin1'), judged);
    return judged;
  };
}

/** Whether a name says that its value is confidential. `name` is folded. */
export function isSensitive(name: string): boolean {
  return DENIED.has(name) || SENSITIVE.test(name);
}

function cut(value: string): string {
  return value.length > LONGEST_VALUE ? `${value.slice(0, LONGEST_VALUE)}…` : value;
}
