import type { PathMatchSpec } from './path-pattern.ts';

export interface NeverMatching {
  readonly message: string;
  readonly suggestion: string | null;
  /** The same in the spelling that requests have, `null` when no request has such a path. */
  readonly canonical: PathMatchSpec | null;
}

type Canonical = (path: string) => string | null;

const PLACE = /\{[^{}]*\}/g;

/** Requests are compared in canonical form, so a path in another spelling could never match. */
export function neverMatching(path: PathMatchSpec, canonicalPath: Canonical): NeverMatching | null {
  for (const form of ['exact', 'prefix', 'template'] as const) {
    const text = path[form];
    const canonical = text === undefined ? null : canonicalText(text, canonicalPath);
    if (text === undefined || canonical === text) continue;
    if (canonical === null) return { message: 'requests with such a path are refused', suggestion: null, canonical };
    return { message: SPELLING, suggestion: `write ${JSON.stringify(canonical)}`, canonical: { [form]: canonical } };
  }
  return null;
}

const SPELLING = 'requests are compared in another spelling, so this never matches';

/** Places of templates keep their text; what is around them is judged. */
function canonicalText(text: string, canonicalPath: Canonical): string | null {
  const places = text.match(PLACE) ?? [];
  const canonical = canonicalPath(text.replace(PLACE, STAND_IN));
  if (canonical === null || canonical.split(STAND_IN).length !== places.length + 1) return canonical;
  return canonical.split(STAND_IN).reduce((joined, part, i) => joined + places[i - 1] + part);
}

/** Unreserved characters, so that the canonical spelling keeps them. */
const STAND_IN = '~place~';
