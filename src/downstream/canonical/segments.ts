/**
 * Removes empty and dot segments (RFC 3986 5.2.4) from a path whose escapes are decoded. `null` when a segment
 * would become an empty or a dot segment for an upstream that strips blanks (`/..%20/`).
 */
export function resolveSegments(path: string): string | null {
  const segments = path.split('/');
  const kept: string[] = [];
  for (const segment of segments) {
    if (segment === '' || segment === '.') continue;
    if (segment === '..') kept.pop();
    else if (hidesDots(segment)) return null;
    else kept.push(segment);
  }
  const last = segments[segments.length - 1] as string;
  const isDirectory = last === '' || last === '.' || last === '..';
  return kept.length === 0 ? '/' : `/${kept.join('/')}${isDirectory ? '/' : ''}`;
}

function hidesDots(segment: string): boolean {
  const bare = withoutBlanks(segment);
  return bare === '' || bare === '.' || bare === '..';
}

function withoutBlanks(segment: string): string {
  let begin = 0;
  let end = segment.length;
  while (segment.startsWith('%20', begin)) begin += 3;
  while (end > begin && segment.endsWith('%20', end)) end -= 3;
  return segment.slice(begin, end);
}
