import { PROTECTED } from './case.ts';

/** What a server may do to a path before it looks at it. */
const STEPS: readonly ((path: string) => string)[] = [
  (path) => path.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
  (path) => path.replace(/%u([0-9a-f]{4})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
  // Overlong and wide UTF-8, read without a look at what it says.
  (path) => path.replace(/[\xc0-\xdf][\x80-\xbf]/g, (two) => decoded(two, 0x1f)),
  (path) => path.replace(/[\xe0-\xef][\x80-\xbf]{2}/g, (three) => decoded(three, 0x0f)),
  (path) => path.normalize('NFKC').replaceAll('\u2044', '/').replaceAll('\u2215', '/'),
  (path) => path.replaceAll('\\', '/'),
  (path) => path.replace(/;[^/]*/g, ''),
  (path) => path.replace(/[\0#?].*$/s, ''),
  (path) => path.replace(/\/{2,}/g, '/'),
  resolved,
];

function decoded(octets: string, lead: number): string {
  let code = octets.charCodeAt(0) & lead;
  for (let i = 1; i < octets.length; i++) code = (code << 6) | (octets.charCodeAt(i) & 0x3f);
  return String.fromCharCode(code);
}

function resolved(path: string): string {
  const kept: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') kept.pop();
    else if (segment !== '' && segment !== '.') kept.push(segment);
  }
  return `/${kept.join('/')}`;
}

/** A reading of the target by which it is below the protected prefix; `null`: by none, in whatever order it is done. */
export function protectedReading(target: string): string | null {
  const known = new Set([target.split('?', 1)[0]!]);
  for (const path of known) {
    if (path === PROTECTED || path.startsWith(`${PROTECTED}/`)) return path;
    for (const step of STEPS) known.add(step(path));
  }
  return null;
}
