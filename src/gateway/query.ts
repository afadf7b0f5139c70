/** The values of a query parameter, as forms spell them. */
export function parameterValues(query: string, name: string): string[] {
  return pairsOf(query).flatMap((pair) => (nameOf(pair) === name ? [decoded(pair.slice(nameEnd(pair) + 1))] : []));
}

/** The query without every parameter that has one of these names; what is left stays as it is. */
export function withoutParameters(query: string, names: readonly string[]): string {
  const pairs = pairsOf(query);
  const kept = pairs.filter((pair) => !names.includes(nameOf(pair)));
  return kept.length === pairs.length ? query : kept.join('&');
}

function pairsOf(query: string): string[] {
  return query === '' ? [] : query.split('&');
}

function nameOf(pair: string): string {
  return decoded(pair.slice(0, nameEnd(pair)));
}

function nameEnd(pair: string): number {
  const equals = pair.indexOf('=');
  return equals < 0 ? pair.length : equals;
}

/** Each escape by itself, so that one that is malformed does not hide the others (as in the URL standard). */
function decoded(text: string): string {
  return new URLSearchParams(`_=${text}`).get('_') ?? '';
}
