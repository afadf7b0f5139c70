/** Both work on whole segments (R20): `/v1` is a prefix of `/v1` and `/v1/x`, not of `/v1beta`. */

/** What is left without the prefix: empty, or beginning with a slash. A path without the prefix is not changed. */
export function removePrefix(prefix: string, path: string): string {
  if (!path.startsWith(prefix)) return path;
  const rest = path.slice(prefix.length);
  return rest === '' || rest.charCodeAt(0) === 0x2f ? rest : path;
}

export function addPrefix(prefix: string, path: string): string {
  const joined = `${prefix}${path}`;
  return joined === '' ? '/' : joined;
}
