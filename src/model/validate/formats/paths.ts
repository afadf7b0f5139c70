import { quote } from '../describe.ts';
import type { Finding } from './finding.ts';

const OUTSIDE_A_PATH = /[\u0000-\u0020\u007f-\uffff?#\\]/;
const DOT_SEGMENT = /\/\.{1,2}(\/|$)/;

/** Requests are compared in canonical form, so a path that is not canonical could never match. */
export function matchPathFormat(path: string): Finding | null {
  if (!path.startsWith('/')) return { message: 'a path begins with a slash', suggestion: `write ${quote(`/${path}`)}` };
  const wrong = OUTSIDE_A_PATH.exec(path);
  if (wrong !== null) return { message: `a path cannot have ${quote(wrong[0])}`, suggestion: hintFor(wrong[0]) };
  if (DOT_SEGMENT.test(path) || path.includes('//')) {
    return { message: 'a path that requests can have has no empty, "." or ".." segments' };
  }
  return null;
}

function hintFor(character: string): string | null {
  if (character === '?' || character === '#') return 'query and fragment are not part of the path';
  if (character === '\\') return null;
  return `write it percent-encoded: ${encodeURIComponent(character)}`;
}

/** A prefix that is removed or added; it may end in a slash, which changes nothing. */
export function rewritePathFormat(path: string): Finding | null {
  return matchPathFormat(path);
}

const PLACE = /^\{([A-Za-z_][A-Za-z0-9_]*|\*|\*\*)\}$/;

/** Only the structure; the compiler judges the rest. */
export function templateFormat(template: string): Finding | null {
  const plain = matchPathFormat(template);
  if (plain !== null) return plain;
  const segment = template.split('/').find((part) => /[{}*]/.test(part) && !PLACE.test(part));
  if (segment === undefined) return null;
  return {
    message: `the segment ${quote(segment)} is neither plain text nor one place`,
    suggestion: 'such as {id} for one segment or {**} for any rest',
  };
}

export function regexFormat(regex: string): Finding | null {
  return regex === '' ? { message: 'an empty expression matches no path' } : null;
}
